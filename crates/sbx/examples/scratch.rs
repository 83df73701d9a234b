//! Scratch.
use sbx::*;
use std::time::Instant;
struct P;
impl Progress for P {
    fn step(&self, t: &str) {
        eprintln!("- {t}");
    }
    fn start(&self, t: &str, _: u64) {
        eprintln!("* {t}");
    }
    fn advance(&self, _: u64) {}
    fn finish(&self) {}
}
fn main() {
    let t = Instant::now();
    if let Err(e) = set_up(None, None, &P) {
        let mut s: Option<&dyn std::error::Error> = Some(&e);
        while let Some(x) = s {
            eprintln!("{x}");
            s = x.source();
        }
        std::process::exit(1)
    }
    eprintln!("setup {:?}", t.elapsed());
    let t = Instant::now();
    let mut sb = create_sandbox(RuntimeType::Python).unwrap();
    eprintln!("load {:?}", t.elapsed());
    for code in std::env::args().skip(1) {
        let t = Instant::now();
        let r = sb.execute(code.as_str());
        eprintln!("run {:?}", t.elapsed());
        println!("{}", serde_json::to_string_pretty(&r.unwrap()).unwrap());
    }
    let mut v = vec![];
    for _ in 0..500 {
        let t = Instant::now();
        let r = sb.execute("print(1)").unwrap();
        assert_eq!(r.stdout, "1\n");
        v.push(t.elapsed().as_secs_f64() * 1e3);
    }
    v.sort_by(f64::total_cmp);
    eprintln!("fresh print(1): min {:.3} p50 {:.3} p95 {:.3}", v[0], v[250], v[475]);
}
