//! Many runs on few threads, from async code.

use std::time::{Duration, Instant};

use sbx::{CancellationToken, Ending, ExecutionPolicy, Program};
use tokio::{runtime::Builder, task::JoinSet};

use crate::lab::builder;

fn policy(seconds: f64) -> ExecutionPolicy {
    ExecutionPolicy::default().with_fuel_budget(1 << 60).with_timeout_seconds(seconds)
}

#[test]
fn two_hundred_sleepers_share_one_thread() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let started = Instant::now();
    runtime.block_on(async {
        let mut runs = JoinSet::new();
        for index in 0..200 {
            let mut sandbox = builder().policy(policy(60.0)).build().unwrap();
            let code = format!("import time\ntime.sleep(0.5)\nprint({index})");
            runs.spawn(async move { (index, sandbox.execute_async(code).await.unwrap()) });
        }
        for (index, result) in runs.join_all().await {
            assert_eq!((result.ending, result.stdout), (Ending::Ok, format!("{index}\n")));
        }
    });
    assert!(started.elapsed() < Duration::from_secs(20), "one after another they would take 100 s");
}

#[test]
fn a_busy_neighbour_on_the_same_thread_does_not_starve_the_others() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut busy = builder().policy(policy(60.0)).build().unwrap();
        let cancel = CancellationToken::new();
        let program = Program::new("while True: pass").with_cancel(cancel.clone());
        let busy = tokio::spawn(async move { busy.execute_async(program).await.unwrap().ending });
        let mut quick = builder().policy(policy(60.0)).build().unwrap();
        let started = Instant::now();
        for _ in 0..20 {
            assert_eq!(quick.execute_async("x = 1").await.unwrap().ending, Ending::Ok);
            tokio::task::yield_now().await;
        }
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        cancel.cancel();
        assert_eq!(busy.await.unwrap(), Ending::Cancelled);
    });
}

#[test]
fn a_dropped_future_ends_its_program_and_the_sandbox_goes_on() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut sandbox = builder().policy(policy(60.0)).build().unwrap();
        sandbox.write_file("x", b"before").unwrap();
        let endless = sandbox.execute_async("open('x', 'w').write('half')\nimport time\ntime.sleep(1e6)");
        assert!(tokio::time::timeout(Duration::from_millis(100), endless).await.is_err());
        assert_eq!(sandbox.read_file("x").unwrap(), b"before");
        assert_eq!(sandbox.execute_async("open('x').read()").await.unwrap().value(), Some("'before'"));
    });
}

#[test]
fn sandboxes_work_from_many_threads_at_once() {
    std::thread::scope(|scope| {
        for first in 0..4 {
            scope.spawn(move || {
                for n in (first..200).step_by(4) {
                    let mut sandbox = builder().build().unwrap();
                    let result = sandbox.execute(format!("sum(range({n}))")).unwrap();
                    assert_eq!(result.value(), Some((n * (n - i32::from(n > 0)) / 2).to_string().as_str()));
                }
            });
        }
    });
}
