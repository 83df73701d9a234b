//! Libraries at work on files: what programs of this kind do all day.

use sbx_core::{Ending, GuestPath};

use crate::lab::{DATA, open, policy, run, run_data, turn};

#[track_caller]
fn prints(code: &str) -> String {
    let result = run_data(code);
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    result.stdout
}

#[test]
fn sqlite_works_on_files_and_in_memory() {
    for place in ["/app/data.db", "/tmp/data.db", ":memory:"] {
        let code = format!(
            "import sqlite3
with sqlite3.connect('{place}') as c:
    c.execute('create table t (a integer, b text)')
    c.executemany('insert into t values (?, ?)', [(n, str(n)) for n in range(1000)])
print(c.execute('select count(*), sum(a), max(b) from t').fetchone())
c.execute('create index i on t (a)')
print(c.execute('select b from t where a = 500').fetchall())
c.execute('vacuum')
c.close()"
        );
        let result = run(code);
        assert_eq!(result.stdout, "(1000, 499500, '999')\n[('500',)]\n", "{place}: {}", result.stderr);
    }
}

#[test]
fn numpy_saves_and_loads() {
    let code = "import numpy as np
a = np.arange(12).reshape(3, 4)
np.save('a.npy', a); np.savez('b.npz', a=a, b=a * 2); np.savetxt('c.txt', a, fmt='%d')
print((np.load('a.npy') == a).all(), np.load('b.npz')['b'].sum(), np.loadtxt('c.txt').shape)
m = np.memmap('/tmp/m', dtype='u1', mode='w+', shape=(4,)) if False else None
print(np.linalg.inv(np.eye(3) * 2)[0, 0], np.fft.fft([1, 0, 0, 0]).real)";
    assert_eq!(prints(code), "True 132 (3, 4)\n0.5 [1. 1. 1. 1.]\n");
}

#[test]
fn pandas_reads_and_writes_csv_and_excel() {
    let _held = crate::lab::busy();
    let code = "import pandas as pd
df = pd.DataFrame({'city': ['Rome', 'Oslo', 'Rome'], 'n': [1, 2, 3]})
df.to_csv('t.csv', index=False)
df.to_excel('t.xlsx', index=False)
df.to_json('t.json', orient='records')
for back in (pd.read_csv('t.csv'), pd.read_excel('t.xlsx'), pd.read_json('t.json')):
    print(back.equals(df), back.groupby('city')['n'].sum().to_dict())";
    assert_eq!(prints(code), "True {'Oslo': 2, 'Rome': 4}\n".repeat(3));
}

#[test]
fn matplotlib_draws_a_png() {
    let _held = crate::lab::busy();
    let code = "import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2, 3], label='ñ'); ax.set_title('title'); ax.legend()
fig.savefig('plot.png')";
    let mut interpreter = open(DATA, policy());
    let result = turn(&mut interpreter, code);
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    let png = interpreter.files().unwrap().read_file(&GuestPath::parse("/app/plot.png").unwrap()).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n") && png.len() > 5_000, "{} bytes", png.len());
    assert!(result.files_created.iter().any(|path| path.as_str() == "/app/plot.png"));
}

#[test]
fn other_libraries_are_there() {
    let _held = crate::lab::busy();
    let code = "import scipy.stats, sklearn.linear_model, lxml.etree, PIL.Image, yaml, jinja2, bs4, openpyxl
print(round(scipy.stats.norm.cdf(1.96), 3))
print(sklearn.linear_model.LinearRegression().fit([[0], [1], [2]], [1, 3, 5]).coef_.round(3))
print(lxml.etree.fromstring('<a><b>x</b></a>').findtext('b'), yaml.safe_load('a: [1, 2]'))
PIL.Image.new('RGB', (8, 8), 'red').save('r.png'); print(PIL.Image.open('r.png').getpixel((0, 0)))
print(jinja2.Template('{{ x }}!').render(x='hi'), bs4.BeautifulSoup('<p>y</p>', 'html.parser').p.text)";
    assert_eq!(prints(code), "0.975\n[2.]\nx {'a': [1, 2]}\n(255, 0, 0)\nhi! y\n");
}
