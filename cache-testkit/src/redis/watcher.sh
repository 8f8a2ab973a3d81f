# Keeps one server. Arguments: its folder, then its command line.
# Reads one word a line and answers each with a line; when the input ends, the server and its folder go.
folder=$1; shift
pid=
end() { [ -z "$pid" ] || { kill -KILL "$pid"; wait "$pid"; } 2>/dev/null; pid=; }
while read -r word; do
  case $word in
    start) end; "$@" >>"$folder/log" 2>&1 & pid=$! ;;
    kill) end ;;
    stop) kill -STOP "$pid" ;;
    cont) kill -CONT "$pid" ;;
  esac
  echo "$pid"
done
end
rm -rf "$folder"
