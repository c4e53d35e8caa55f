//! Templates beside pystachio on CPython, both given `tests/workloads/templates.py`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
    time::Instant,
};

use bindery_core::{Object, Value};
use bindery_loader::{Loader, NoFiles, Options, on_large_stack};
use bindery_tests::binary;

use crate::median;

/// How often each engine has its turn.
const ROUNDS: usize = 3;

/// What is measured, in this order; times are of the processor, in seconds.
const FIGURES: [&str; 4] = [
    "interpolate one job with 202 refs",
    "check it",
    "interpolate 1,000 jobs with 48 refs each",
    "check them",
];

/// What the peer runs. Prints the figures one a line.
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

/// What a whole process is given to do, behind the workload.
const WHOLE: &str = "
wrong = 0
for each in many:
  done, left = each.interpolate()
  if left or not each.check().ok():
    wrong += 1
result = Integer(wrong)
";

pub fn run() {
    let workload = workload();
    let text = fs::read_to_string(&workload).expect("the workload is part of the package");
    let peer = Peer::find();
    let mut ours: [Vec<f64>; 4] = Default::default();
    let mut theirs: [Vec<f64>; 4] = Default::default();
    let mut whole: [Vec<f64>; 2] = Default::default();

    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("whole.py");
    fs::write(&program, format!("{text}{WHOLE}")).expect("a temporary folder can be written");
    for _ in 0..ROUNDS {
        let measured = on_large_stack(|| measure(&text)).expect("a thread can be started");
        for (all, one) in ours.iter_mut().zip(measured) {
            all.push(one);
        }
        let mut eval = Command::new(binary());
        whole[0].push(timed(eval.arg("eval").arg(&program)));
        if let Some(peer) = &peer {
            for (all, one) in theirs.iter_mut().zip(peer.measure(&workload)) {
                all.push(one);
            }
            whole[1].push(timed(&mut peer.whole(&program)));
        }
    }

    println!("| templates | Bindery | pystachio | times as fast |\n|---|---|---|---|");
    let row = |name: &str, ours: &[f64], theirs: &[f64]| {
        let ours = median(ours);
        let (theirs, ratio) = if theirs.is_empty() {
            ("-".to_owned(), "-".to_owned())
        } else {
            let theirs = median(theirs);
            (time(theirs), format!("{:.0}", theirs / ours))
        };
        println!("| {name} | {} | {theirs} | {ratio} |", time(ours));
    };
    for ((name, ours), theirs) in FIGURES.iter().zip(&ours).zip(&theirs) {
        row(name, ours, theirs);
    }
    row(
        "build, interpolate and check the 1,000 jobs, whole process",
        &whole[0],
        &whole[1],
    );
    println!(
        "\nMedians of {ROUNDS} rounds of {} in which the engines take turns; processor time, of whole processes wall time. Both run \
         tests/workloads/templates.py. Nothing is kept between repetitions.",
        crate::build()
    );
    if peer.is_none() {
        println!(
            "No pystachio to compare with: install it from PyPI (`pip install pystachio==0.8.10`) for `python3`, or name an \
             interpreter that has it in BINDERY_PYSTACHIO."
        );
    }
    println!();
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
            other => panic!("{other:?} is no job"),
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

/// The time of one repetition, from so many that the system's ticks do not matter.
fn repeated(times: u32, work: impl Fn()) -> f64 {
    let start = processor_time();
    (0..times).for_each(|_| work());
    (processor_time() - start) / f64::from(times)
}

/// Seconds that this thread has been on a processor; where the system does not tell, seconds on the clock.
fn processor_time() -> f64 {
    thread_local! {
        static START: Rc<Instant> = Rc::new(Instant::now());
    }
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    match nanoseconds {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(|start| start.elapsed().as_secs_f64()),
    }
}

fn timed(command: &mut Command) -> f64 {
    let start = Instant::now();
    let output = command.output().expect("the program can be run");
    let time = start.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said.trim(),
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

/// A Python that has pystachio.
pub struct Peer {
    python: PathBuf,
}

impl Peer {
    /// The one that `BINDERY_PYSTACHIO` names, else the machine's.
    pub fn find() -> Option<Self> {
        let python = std::env::var_os("BINDERY_PYSTACHIO").map_or("python3".into(), PathBuf::from);
        let found = Command::new(&python)
            .args(["-c", "import pystachio"])
            .output()
            .is_ok_and(|output| output.status.success());
        found.then_some(Self { python })
    }

    /// Processor time in seconds of interpolating the workload's thousand jobs once.
    pub fn interpolates_many(&self) -> f64 {
        self.measure(&workload())[2]
    }

    fn measure(&self, workload: &Path) -> Vec<f64> {
        let output = Command::new(&self.python)
            .args(["-c", PEER])
            .arg(workload)
            .output()
            .expect("the interpreter can be run");
        let said = String::from_utf8_lossy(&output.stdout);
        let figures: Vec<f64> = said.lines().filter_map(|line| line.parse().ok()).collect();
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
