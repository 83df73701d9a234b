//! The steps of a run, one by one: `step/runtime/variant`.

use std::{hint::black_box, sync::Arc};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sbx::{ExecutionPolicy, NoProgress, Program, Runtimes, set_up};

const GROUPBY: &str = "import pandas as pd\n\
    df = pd.DataFrame({'a': range(100), 'b': range(100)})\n\
    print(df.groupby(df.a % 3).b.sum().to_dict())";

fn steps(criterion: &mut Criterion) {
    set_up(None, None, &NoProgress).expect("set-up works");
    let runtimes = Runtimes::load(None).expect("Python is set up");
    let python = runtimes.python().expect("Python is set up");
    let policy = Arc::new(ExecutionPolicy::default());
    let files = python.empty_files(&policy).expect("the workspace can be made");
    let open = |image: &str| {
        let opening = python.open(image, Arc::clone(&policy), files.clone());
        python.host().block_on(opening).expect("the image opens")
    };
    let run = |image: &str, code: &str| {
        let mut interpreter = open(image);
        let result = python.host().block_on(interpreter.run(&Program::new(code))).expect("the host works");
        assert!(result.success, "{}", result.stderr);
        result
    };

    criterion.bench_function("open/python/data", |b| b.iter(|| black_box(open("python-data"))));
    criterion.bench_function("fresh/python/print", |b| b.iter(|| run("python", "print(1)")));
    criterion.bench_function("fresh/python/print_data", |b| b.iter(|| run("python-data", "print(1)")));
    criterion.bench_function("fresh/python/groupby_data", |b| b.iter(|| run("python-data", GROUPBY)));
    criterion.bench_function("fresh/python/traceback", |b| {
        b.iter_batched(
            || open("python-data"),
            |mut interpreter| python.host().block_on(interpreter.run(&Program::new("1/0"))),
            BatchSize::PerIteration,
        );
    });
    let javascript = runtimes.javascript().expect("JavaScript is set up");
    let open_javascript = || {
        let opening = javascript.open("javascript", Arc::clone(&policy), files.clone());
        javascript.host().block_on(opening).expect("the image opens")
    };
    let hello = Program::new("console.log('hello')");
    criterion.bench_function("open/javascript", |b| b.iter(|| black_box(open_javascript())));
    criterion.bench_function("fresh/javascript/hello", |b| {
        b.iter(|| {
            let result = javascript.host().block_on(open_javascript().run(&hello)).expect("the host works");
            assert!(result.success, "{}", result.stderr);
        });
    });
    let mut live_javascript = open_javascript();
    let turn = Program::new("x = 1");
    criterion.bench_function("turn/javascript/live", |b| {
        b.iter(|| javascript.host().block_on(live_javascript.run(&turn)).expect("the host works"));
    });
    let mut live = open("python-data");
    criterion.bench_function("turn/python/live", |b| {
        b.iter(|| python.host().block_on(live.run(&Program::new("x = 1"))).expect("the host works"));
    });
}

criterion_group! { name = benches; config = Criterion::default().sample_size(50); targets = steps }
criterion_main!(benches);
