//! Packages of the lock file, each at its main job, imported without any path line.

use std::sync::Arc;

use sbx_core::{AdviceKind, Ending, ExecutionPolicy, GuestPath, Mount};
use sbx_host::{Host, HostConfig};
use sbx_packages::{Ecosystem, Lock};
use sbx_runtime_python::Python;

use crate::lab::{PLAIN, cache, open, policy, prints, python, raises, run, run_data, run_with, turn};

#[test]
fn every_package_of_the_lock_file_is_there_in_its_version() {
    let names: Vec<_> = python().packages().packages().collect();
    for wanted in
        ["pypdf2", "odfpy", "mammoth", "certifi", "idna", "urllib3", "markdown", "tomli", "requests"]
    {
        assert!(names.iter().any(|package| package.name.as_str() == wanted), "{wanted}");
    }
    for package in names {
        let code = format!("import importlib.metadata as m; print(m.version('{}'))", package.name);
        assert_eq!(prints(code), format!("{}\n", package.version), "{}", package.name);
    }
}

#[test]
fn pypdf2_reads_a_pdf() {
    let code = "
import io, warnings
warnings.simplefilter('ignore')
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages
with PdfPages('two.pdf') as pages:
    for n in (1, 2):
        plt.figure(); plt.title(f'page {n}'); pages.savefig(); plt.close()
from PyPDF2 import PdfReader, PdfWriter
reader = PdfReader('two.pdf')
writer = PdfWriter()
writer.add_page(reader.pages[1])
writer.add_metadata({'/Title': 'second'})
writer.write('one.pdf')
again = PdfReader('one.pdf')
print(len(reader.pages), len(again.pages), again.metadata.title)";
    let result = run_data(code);
    assert_eq!(result.stdout, "2 1 second\n", "{}", result.stderr);
}

#[test]
fn odfpy_writes_and_reads_a_spreadsheet() {
    let code = "
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.table import Table, TableRow, TableCell
from odf.text import P
from odf import teletype
book = OpenDocumentSpreadsheet()
table = Table(name='prices')
for cells in (['item', 'price'], ['tea', '2.50']):
    row = TableRow()
    for text in cells:
        cell = TableCell(); cell.addElement(P(text=text)); row.addElement(cell)
    table.addElement(row)
book.spreadsheet.addElement(table)
book.save('prices.ods')
back = load('prices.ods').spreadsheet.getElementsByType(Table)[0]
print(back.getAttribute('name'), [[teletype.extractText(c) for c in r.getElementsByType(TableCell)] for r in back.getElementsByType(TableRow)])";
    assert_eq!(prints(code), "prices [['item', 'price'], ['tea', '2.50']]\n");
}

#[test]
fn mammoth_reads_a_document() {
    let code = r#"
import zipfile
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
with zipfile.ZipFile('a.docx', 'w') as z:
    z.writestr('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr('_rels/.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
    z.writestr('word/document.xml', f'<w:document {W}><w:body><w:p><w:r><w:t>Hello </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>you</w:t></w:r></w:p></w:body></w:document>')
import mammoth
with open('a.docx', 'rb') as file:
    print(mammoth.convert_to_html(file).value)
with open('a.docx', 'rb') as file:
    print(mammoth.extract_raw_text(file).value.strip())
"#;
    assert_eq!(prints(code), "<p>Hello <strong>you</strong></p>\nHello you\n");
}

#[test]
fn python_docx_and_pptx_write_what_they_read() {
    let code = "
from docx import Document
document = Document()
document.add_heading('Sales', 0)
document.add_paragraph('Revenue was ').add_run('1,200').bold = True
table = document.add_table(rows=1, cols=2)
table.rows[0].cells[0].text = 'tea'
document.save('a.docx')
again = Document('a.docx')
print([p.text for p in again.paragraphs], again.tables[0].rows[0].cells[0].text)
import mammoth
print(mammoth.extract_raw_text(open('a.docx', 'rb')).value.split())
from pptx import Presentation
show = Presentation()
slide = show.slides.add_slide(show.slide_layouts[1])
slide.shapes.title.text = 'Sales'
show.save('a.pptx')
print(Presentation('a.pptx').slides[0].shapes.title.text)";
    let wanted = "['Sales', 'Revenue was 1,200'] tea\n['Sales', 'Revenue', 'was', '1,200', 'tea']\nSales\n";
    assert_eq!(prints(code), wanted);
}

#[test]
fn small_packages_do_their_job() {
    for (code, wanted) in [
        (
            "import certifi; text = open(certifi.where()).read(); print(text.count('BEGIN CERTIFICATE') > 100)",
            "True\n",
        ),
        (
            "import idna; print(idna.encode('münchen.de'), idna.decode('xn--mnchen-3ya.de'))",
            "b'xn--mnchen-3ya.de' münchen.de\n",
        ),
        (
            "import urllib3; from urllib3.util import Retry, parse_url; print(parse_url('https://a.example:8443/p?q=1'), Retry(3).total)",
            "https://a.example:8443/p?q=1 3\n",
        ),
        (
            "import markdown; print(markdown.markdown('# T\\n\\n|a|b|\\n|-|-|\\n|1|2|', extensions=['tables']).replace('\\n', ''))",
            "<h1>T</h1><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>\n",
        ),
        (
            "import tomli; print(tomli.loads('a = 1\\n[b]\\nc = [1.5, true]'))",
            "{'a': 1, 'b': {'c': [1.5, True]}}\n",
        ),
    ] {
        assert_eq!(prints(code), wanted, "{code}");
    }
}

#[test]
fn requests_imports_and_says_that_there_is_no_network() {
    let result = run(
        "import requests\nprint(requests.Request('GET', 'https://a.example').prepare().url)\nrequests.get('https://a.example')",
    );
    assert_eq!(
        (result.ending, result.stdout.as_str()),
        (Ending::Exception, "https://a.example/\n"),
        "{}",
        result.stderr
    );
    assert_eq!(result.advice[0].kind, AdviceKind::NetworkUnavailable, "{:?}", result.advice);
}

#[test]
fn old_habits_of_paths_work() {
    for folder in ["/app/site-packages", "/data/site-packages"] {
        let code = format!(
            "import sys; sys.path.insert(0, '{folder}')\nimport mammoth, os; print(os.path.isdir('{folder}'), mammoth.__name__)"
        );
        assert_eq!(prints(code), "True mammoth\n");
    }
    assert_eq!(prints("import os; print('mammoth' in os.listdir('/data/site-packages'))"), "True\n");
    // The workspace is the program's own.
    assert_eq!(prints("import os; print([files for _, _, files in os.walk('/app')])"), "[[], []]\n");
}

#[test]
fn packages_are_read_only_and_cost_no_quota() {
    for (code, kind) in [
        ("open('/data/site-packages/mammoth/__init__.py', 'w')", "OSError"),
        ("import mammoth; open(mammoth.__file__, 'a')", "OSError"),
        ("import os; os.remove('/usr/local/lib/site-packages/mammoth/__init__.py')", "OSError"),
    ] {
        assert_eq!(raises(code).0, kind, "{code}");
    }
    let files = python().empty_files(&policy()).unwrap();
    assert_eq!((files.usage().bytes, files.usage().inodes), (0, 0));
    let result = run("import mammoth, requests, markdown");
    assert!(
        result.files_created.is_empty() && result.files_modified.is_empty(),
        "{:?}",
        result.files_created
    );
}

#[test]
fn a_policy_chooses_what_can_be_imported() {
    let chosen = policy().with_packages(["mammoth"]);
    let code = "
for name in ('mammoth', 'cobble', 'odf'):
    try:
        __import__(name); print(name)
    except ModuleNotFoundError as error:
        print(error)";
    let none = "No module named 'mammoth'\nNo module named 'cobble'\nNo module named 'odf'\n";
    assert_eq!(run_with(chosen, code).stdout, "mammoth\ncobble\nNo module named 'odf'\n");
    assert_eq!(run_with(policy().with_packages([""; 0]), code).stdout, none);
    let error = python().empty_files(&policy().with_packages(["mamoth"])).unwrap_err();
    assert_eq!(error.code(), "packages.unknown");
    assert!(error.to_string().contains("did you mean `mammoth`?"), "{error}");
    assert_eq!(
        ExecutionPolicy::default().with_packages(["a b"]).validate().unwrap_err().code(),
        "policy.bad_value"
    );
}

#[test]
fn a_mounted_folder_hides_the_alias_and_not_the_packages() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("site-packages")).unwrap();
    std::fs::write(folder.path().join("site-packages/own.py"), "x = 'own'").unwrap();
    let policy = policy().with_mount(Mount::read_only(folder.path(), GuestPath::parse("/data").unwrap()));
    let result = run_with(policy, "import os, own, mammoth; print(os.listdir('/data/site-packages'), own.x)");
    assert_eq!(result.stdout, "['own.py'] own\n", "{}", result.stderr);
}

#[test]
fn an_interpreter_that_is_woken_sees_packages_that_came_since() {
    let host = Host::new(&HostConfig::default()).unwrap();
    let without = Python::load_with(&host, cache(), Lock::new(Ecosystem::Python, []).unwrap()).unwrap();
    let start = Arc::new(policy());
    let files = without.empty_files(&start).unwrap();
    let (snapshot, descriptors) = host.block_on(async {
        let mut interpreter = without.open(PLAIN, Arc::clone(&start), files).await.unwrap();
        let result = interpreter
            .run(&"try:\n    import mammoth\nexcept ImportError as e:\n    print(e)".into())
            .await
            .unwrap();
        assert_eq!(result.stdout, "No module named 'mammoth'\n");
        (interpreter.snapshot(None).unwrap(), interpreter.descriptors().unwrap())
    });
    let files = python().empty_files(&start).unwrap();
    let mut woken = python().host().block_on(python().wake(start, files, snapshot, descriptors)).unwrap();
    assert_eq!(turn(&mut woken, "import mammoth; print(mammoth.__name__)").stdout, "mammoth\n");
}

#[test]
fn a_set_is_laid_out_once() {
    let first = python().empty_files(&policy()).unwrap();
    let started = std::time::Instant::now();
    for _ in 0..1000 {
        drop(python().empty_files(&policy()).unwrap());
    }
    let each = started.elapsed() / 1000;
    assert!(each < std::time::Duration::from_micros(200), "{each:?}");
    assert!(first.walk(&GuestPath::parse("/usr/local/lib/site-packages").unwrap()).count() > 100);
    drop(open(PLAIN, policy()));
}

/// Bytecode is made when packages are set up, in the guest, and the interpreter takes it.
#[test]
fn importing_parses_nothing() {
    let result = run("import requests, PyPDF2; print(requests.__spec__.cached)");
    assert_eq!(
        result.stdout, "/usr/local/lib/site-packages/requests/__pycache__/__init__.cpython-315.pyc\n",
        "{}",
        result.stderr
    );
    assert!(result.fuel_consumed < 1_500_000_000, "{}", result.fuel_consumed);
    let again = "import importlib.util, requests; print(open(importlib.util.cache_from_source(requests.__file__), 'rb').read(8)[4:])";
    assert_eq!(prints(again), "b'\\x01\\x00\\x00\\x00'\n", "unchecked: the sources are not read");
}
