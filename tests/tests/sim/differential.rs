//! The simulated server against a real one: the same random commands, and what each client hears is the same.

use cache_testkit::{RedisServer, SimRedis, SimVersion};

use crate::player::{Stage, Transcript, play};
use crate::steps::{Step, sequence};

const SEQUENCES: u64 = 200;
const LENGTH: usize = 200;
const THREADS: u64 = 2;

/// A real server, and which one is to be simulated.
struct Real {
    server: RedisServer,
    version: SimVersion,
    /// Whether it is the very version: others say the same in other words.
    exact: bool,
    is_modern: bool,
}

impl Real {
    fn start() -> Self {
        let info = RedisServer::start().command(&["INFO", "server"]);
        let version = |name| {
            let line = info.lines().find_map(|line| line.strip_prefix(name));
            line.map(|line| {
                line.split('.').map(|part| part.trim().parse().unwrap_or(0)).collect::<Vec<u32>>()
            })
        };
        let redis = version("redis_version:").unwrap();
        let (version, exact) = match version("valkey_version:") {
            Some(valkey) => (SimVersion::Valkey91, valkey[..2] == [9, 1]),
            None if redis[..2] < [7, 2][..] => (SimVersion::Redis70, redis[..2] == [7, 0]),
            None => (SimVersion::Valkey91, false),
        };
        let (mut options, is_modern) = (RedisServer::options(), redis[0] >= 7);
        if is_modern {
            options = options.config("enable-debug-command", "yes");
        }
        Self { server: options.start(), version, exact, is_modern }
    }

    fn stage(&self) -> Stage<'static> {
        Stage { port: self.server.port(), sim: None, loosely: !self.exact }
    }

    fn compare(&self, steps: &[Step]) -> Result<(), Difference> {
        let real = play(self.stage(), steps);
        let sim = SimRedis::options().version(self.version).start();
        let simulated = play(Stage { port: sim.port(), sim: Some(&sim), ..self.stage() }, steps);
        match real.iter().zip(&simulated).position(|(real, simulated)| real != simulated) {
            Some(place) => Err(Difference { place, real, simulated }),
            None => Ok(()),
        }
    }

    /// The sequence without whatever it doesn't take to see a difference.
    fn shrink(&self, mut steps: Vec<Step>, mut difference: Difference) -> (Vec<Step>, Difference) {
        steps.truncate(difference.place + 1);
        let mut place = steps.len();
        while place > 0 {
            place -= 1;
            let mut fewer = steps.clone();
            fewer.remove(place);
            if let Err(smaller) = self.compare(&fewer) {
                fewer.truncate(smaller.place + 1);
                (steps, difference) = (fewer, smaller);
                place = place.min(steps.len());
            }
        }
        (steps, difference)
    }
}

#[derive(Debug)]
struct Difference {
    place: usize,
    real: Transcript,
    simulated: Transcript,
}

/// Plays every sequence of which the number leaves this remainder.
fn compare(remainder: u64) {
    let real = Real::start();
    for seed in (0..SEQUENCES).filter(|seed| seed % THREADS == remainder) {
        let mut steps = sequence(seed, LENGTH);
        steps.retain(|step| real.is_modern || !step.is_modern());
        let Err(difference) = real.compare(&steps) else { continue };
        let (steps, Difference { place, real, simulated }) = real.shrink(steps, difference);
        let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
        panic!(
            "seed {seed}, {} steps:\n{}\nthe real server:\n{:#?}\nthe simulated one:\n{:#?}",
            steps.len(),
            steps.join("\n"),
            real[place],
            simulated[place]
        );
    }
}

#[test]
fn the_simulated_server_says_what_a_real_one_says() {
    let threads: Vec<_> =
        (0..THREADS).map(|remainder| std::thread::spawn(move || compare(remainder))).collect();
    for thread in threads {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}
