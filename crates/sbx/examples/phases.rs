//! Scratch.
use sbx::*;
use std::{sync::Arc, time::Instant};
fn main() {
    set_up(None, None, &NoProgress).unwrap();
    let rt = Runtimes::shared().unwrap();
    let py = rt.python();
    let policy = Arc::new(ExecutionPolicy::default());
    let files = py.empty_files(&policy).unwrap();
    let image = std::env::args().nth(1).unwrap_or("python-data".into());
    let code = std::env::args().nth(2).unwrap_or("print(1)".into());
    let n = 2000;
    let p = Program::new(code.as_str());
    let mut t = [vec![], vec![], vec![], vec![]];
    let mut faults = 0;
    fn flt() -> i64 {
        let s = std::fs::read_to_string("/proc/self/stat").unwrap();
        s.split(' ').nth(9).unwrap().parse().unwrap()
    }
    for i in 0..n {
        if i == 100 {
            faults = flt();
            for v in &mut t {
                v.clear();
            }
        }
        let a = Instant::now();
        let mut it = py.host().block_on(py.open(&image, policy.clone(), files.clone())).unwrap();
        let b = Instant::now();
        let r = py.host().block_on(it.run(&p)).unwrap();
        let c = Instant::now();
        drop(it);
        let d = Instant::now();
        if i == n - 1 {
            println!("fuel {} host_calls {:?} {:?}", r.fuel_consumed, r.metadata.get("host_calls"), r.error);
        }
        for (v, x) in t.iter_mut().zip([b - a, c - b, d - c, d - a]) {
            v.push(x.as_secs_f64() * 1e3);
        }
    }
    for (name, v) in ["open", "run", "drop", "total"].iter().zip(&mut t) {
        v.sort_by(f64::total_cmp);
        println!("{name}: min {:.3} p50 {:.3} p95 {:.3}", v[0], v[v.len() / 2], v[v.len() * 95 / 100]);
    }
    println!("faults/run {:.1}", (flt() - faults) as f64 / (n - 100) as f64);
    let mut it = py.host().block_on(py.open(&image, policy.clone(), files.clone())).unwrap();
    py.host().block_on(it.run(&p)).unwrap();
    println!("pages changed {}", it.instance().pages_changed_since(&py.image(&image).unwrap()));
    let mut v = vec![];
    for _ in 0..1000 {
        let a = Instant::now();
        py.host().block_on(it.run(&Program::new("x=1"))).unwrap();
        v.push(a.elapsed().as_secs_f64() * 1e3);
    }
    v.sort_by(f64::total_cmp);
    println!("live turn p50 {:.4}", v[500]);
}
