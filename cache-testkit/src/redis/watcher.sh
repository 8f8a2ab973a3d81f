# Keeps one server. Arguments: its folder, then its command line.
# Reads one word a line and answers each with the server's process id, or an empty line if there is none; when
# the input ends, the server and its folder go.
folder=$1; shift
pid=
# A server that was stopped dies of SIGKILL alone; of SIGTERM once it goes on.
end() { [ -z "$pid" ] || { kill "-$1" "$pid"; kill -CONT "$pid"; wait "$pid"; } 2>/dev/null; pid=; }
while read -r word; do
  case $word in
    start) end KILL; "$@" >>"$folder/log" 2>&1 & pid=$! ;;
    kill) end KILL ;;
    term) end TERM ;;
    stop) [ -z "$pid" ] || kill -STOP "$pid" ;;
    wait) wait "$pid"; pid= ;;
    cont) [ -z "$pid" ] || kill -CONT "$pid" ;;
  esac
  echo "$pid"
done
end KILL
rm -rf "$folder"
