//! Templates, compared with pystachio on CPython; both run `tests/workloads/templates.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Instant;

use bindery_core::{Object, Value};
use bindery_loader::{Loader, NoFiles, Options, on_large_stack};
use bindery_tests::{Bindery, Build};

use crate::contender::{Contender, Ours, of_older};
use crate::{Builds, median};

/// Turns of each engine.
const ROUNDS: usize = 3;

/// Names of the figures, in this order: processor time in seconds.
const FIGURES: [&str; 4] = [
    "interpolate one job with 202 refs",
    "check it",
    "interpolate 1,000 jobs with 48 refs each",
    "check them",
];

/// Program of the peer. Prints one figure per line.
const PEER: &str = "
import sys, time
from pystachio import *
exec(open(sys.argv[1]).read())
def measure(work, times):
  figures = []
  for _ in range(times):
    start = time.process_time()
    work()
    figures.append(time.process_time() - start)
  print(sorted(figures)[times // 2])
measure(lambda: one.interpolate(), 9)
measure(lambda: one.check(), 9)
measure(lambda: [each.interpolate() for each in many], 1)
measure(lambda: [each.check() for each in many], 1)
";

/// Work of a whole process, appended to the workload.
const WHOLE: &str = "
wrong = 0
for each in many:
  done, left = each.interpolate()
  if left or not each.check().ok():
    wrong += 1
result = Integer(wrong)
";

pub fn run(builds: &Builds) {
    let rounds = builds.rounds(ROUNDS);
    let workload = workload();
    let text = fs::read_to_string(&workload).expect("the workload is part of the package");
    let peer = Peer::find();
    let older = builds
        .older
        .as_ref()
        .and_then(|older| older.example("bench"));
    let mut ours: [Vec<f64>; 4] = Default::default();
    let mut before: [Vec<f64>; 4] = Default::default();
    let mut theirs: [Vec<f64>; 4] = Default::default();
    let mut theirs_whole = Vec::new();

    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("whole.py");
    fs::write(&program, format!("{text}{WHOLE}")).expect("a temporary folder can be written");
    let mut whole = Ours::new(builds, |build: &Build| {
        let bindery = Bindery::of(build).installed();
        let file = program.display().to_string();
        Contender::new("eval", move || bindery.command(["eval", &file]))
    });
    let extend = |all: &mut [Vec<f64>; 4], figures: &[f64]| {
        for (all, one) in all.iter_mut().zip(figures) {
            all.push(*one);
        }
    };
    for round in 0..rounds {
        let measured = on_large_stack(|| measure(&text)).expect("a thread can be started");
        extend(&mut ours, &measured);
        if let Some(older) = &older {
            extend(&mut before, &measured_by(older));
        }
        whole.run(|output| {
            let text = String::from_utf8_lossy(&output.stdout);
            assert_eq!(text.trim(), "0", "no job is wrong");
        });
        if let Some(peer) = &peer
            && round < ROUNDS
        {
            extend(&mut theirs, &peer.measure(&workload));
            theirs_whole.push(timed(&mut peer.whole(&program)));
        }
    }

    println!(
        "| templates | Bindery | pystachio | times as fast | of the older build |\n|---|---|---|---|---|"
    );
    let row = |name: &str, ours: &[f64], theirs: &[f64], of_older: String| {
        let ours = median(ours);
        let (theirs, ratio) = if theirs.is_empty() {
            ("-".to_owned(), "-".to_owned())
        } else {
            let theirs = median(theirs);
            (time(theirs), format!("{:.0}", theirs / ours))
        };
        println!(
            "| {name} | {} | {theirs} | {ratio} | {of_older} |",
            time(ours)
        );
    };
    for (place, name) in FIGURES.iter().enumerate() {
        let of_older = of_older(&ours[place], &before[place]);
        row(name, &ours[place], &theirs[place], of_older);
    }
    row(
        "build, interpolate and check the 1,000 jobs, whole process",
        &whole.current.seconds,
        &theirs_whole,
        whole.of_older(),
    );
    println!(
        "\nMedians of {rounds} rounds of {} in which the engines take turns ({ROUNDS} of pystachio); processor time, of whole processes \
         wall time. Both run tests/workloads/templates.py. Nothing is kept between repetitions.",
        builds.describe()
    );
    if builds.older.is_some() && older.is_none() {
        println!(
            "Figures within one process need the older build's `examples/bench`, which it does not have."
        );
    }
    if peer.is_none() {
        println!(
            "No pystachio to compare with: install it from PyPI (`pip install pystachio==0.8.10`) for `python3`, or name an \
             interpreter that has it in BINDERY_PYSTACHIO."
        );
    }
    println!();
}

/// Returns the figures within one process that the benchmark program of another build prints.
fn measured_by(program: &Path) -> Vec<f64> {
    let output = Command::new(program)
        .arg("templates")
        // Without its peer it is quicker.
        .env("BINDERY_PYSTACHIO", "/nonexistent")
        .output()
        .expect("the program can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    let figure = |name: &&str| {
        let row = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("| {name} | ")));
        seconds(row?.split(" |").next()?)
    };
    let figures: Vec<f64> = FIGURES.iter().filter_map(figure).collect();
    assert_eq!(
        figures.len(),
        FIGURES.len(),
        "{} printed:\n{text}",
        program.display()
    );
    figures
}

fn workload() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/templates.py")
}

fn measure(text: &str) -> [f64; 4] {
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    let namespace = loader
        .evaluate("templates.py", text)
        .expect("the workload runs");
    let Some(Value::Object(one)) = namespace.get("one") else {
        panic!("the workload makes one job");
    };
    let Some(Value::List(many)) = namespace.get("many") else {
        panic!("the workload makes many jobs");
    };
    let many: Vec<&Object> = many
        .iter()
        .map(|job| match job {
            Value::Object(job) => job,
            other => panic!("{other:?} is not a job"),
        })
        .collect();
    let interpolate = |job: &Object| {
        let (_, left) = job.interpolate().expect("the jobs are whole");
        assert!(left.is_empty(), "{left:?}");
    };
    let check = |job: &Object| assert!(job.check().expect("the jobs are whole").ok());
    [
        repeated(1000, || interpolate(&one)),
        repeated(1000, || check(&one)),
        repeated(8, || many.iter().for_each(|job| interpolate(job))),
        repeated(8, || many.iter().for_each(|job| check(job))),
    ]
}

/// Returns the time of one repetition, from enough of them that the system's ticks do not matter.
fn repeated(times: u32, work: impl Fn()) -> f64 {
    let start = processor_time();
    (0..times).for_each(|_| work());
    (processor_time() - start) / f64::from(times)
}

/// Returns the seconds that this thread has spent on a processor; without `/proc`, seconds on the clock.
fn processor_time() -> f64 {
    thread_local! {
        static START: Rc<Instant> = Rc::new(Instant::now());
    }
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = statistics.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    match nanoseconds {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(|start| start.elapsed().as_secs_f64()),
    }
}

fn timed(command: &mut Command) -> f64 {
    let start = Instant::now();
    let output = command.output().expect("the program can be run");
    let time = start.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        text.trim(),
        "0",
        "no job is wrong: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    time
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// Reads a duration as `time` writes it.
fn seconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let scale = match unit {
        "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * scale)
}

/// Python interpreter that has pystachio.
pub struct Peer {
    python: PathBuf,
}

impl Peer {
    /// Returns the interpreter that `BINDERY_PYSTACHIO` names, else the machine's `python3`.
    pub fn find() -> Option<Self> {
        let python = std::env::var_os("BINDERY_PYSTACHIO").map_or("python3".into(), PathBuf::from);
        let found = Command::new(&python)
            .args(["-c", "import pystachio"])
            .output()
            .is_ok_and(|output| output.status.success());
        found.then_some(Self { python })
    }

    /// Returns the processor time, in seconds, of interpolating the workload's thousand jobs once.
    pub fn interpolates_many(&self) -> f64 {
        self.measure(&workload())[2]
    }

    fn measure(&self, workload: &Path) -> Vec<f64> {
        let output = Command::new(&self.python)
            .args(["-c", PEER])
            .arg(workload)
            .output()
            .expect("the interpreter can be run");
        let text = String::from_utf8_lossy(&output.stdout);
        let figures: Vec<f64> = text.lines().filter_map(|line| line.parse().ok()).collect();
        assert_eq!(
            figures.len(),
            FIGURES.len(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        figures
    }

    fn whole(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.python);
        let wrapped =
            "import sys\nfrom pystachio import *\nexec(open(sys.argv[1]).read())\nprint(result)";
        command.args(["-c", wrapped]).arg(program);
        command
    }
}
