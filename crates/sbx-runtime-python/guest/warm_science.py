"""Imports the other packages that programs use and does with each what it is mostly used for.

Runs once, after `warm_data`, while the image `python-data` is built. Importing scikit-learn alone takes nine billion
instructions, half of what a run may use by default; from the image it takes none.
"""

import tempfile
import warnings
from pathlib import Path

import bs4
import jinja2
import lxml.etree
import lxml.html
import matplotlib
import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pypdf
import scipy.cluster.hierarchy
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse.linalg
import scipy.spatial
import scipy.special
import scipy.stats
import seaborn as sns
import sklearn.cluster
import sklearn.compose
import sklearn.datasets
import sklearn.decomposition
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.impute
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.naive_bayes
import sklearn.neighbors
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.svm
import sklearn.tree
import statsmodels.api as sm
import statsmodels.formula.api as smf
import sympy
import tabulate
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib import colors, pagesizes, styles
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table


def texts() -> None:
    template = jinja2.Template("{% for row in rows %}{{ row.name | upper }}: {{ '%.2f' % row.sum }}\n{% endfor %}")
    template.render(rows=[{"name": "a", "sum": 1.5}])
    soup = bs4.BeautifulSoup("<table><tr><td class='x'>1</td></tr></table><a href='/p'>link</a>", "html.parser")
    [cell.get_text() for cell in soup.select("td.x")], soup.find("a")["href"]
    bs4.BeautifulSoup("<p>x", "lxml").p
    tree = lxml.html.fromstring("<ul><li>1</li></ul>")
    tree.xpath("//li/text()"), lxml.etree.tostring(lxml.etree.fromstring(b"<r><a/></r>"), pretty_print=True)
    tabulate.tabulate([["a", 1]], headers=["x", "y"], tablefmt="github")


def documents(folder: Path) -> None:
    page = canvas.Canvas(str(folder / "a.pdf"), pagesize=pagesizes.A4)
    page.drawString(72, 720, "hello")
    page.save()
    table = Table([["a", "b"], [1, 2]], style=[("GRID", (0, 0), (-1, -1), 1, colors.black)])
    style = styles.getSampleStyleSheet()["Normal"]
    SimpleDocTemplate(str(folder / "b.pdf")).build([Paragraph("text", style), table])
    reader, writer = pypdf.PdfReader(folder / "a.pdf"), pypdf.PdfWriter()
    reader.pages[0].extract_text()
    writer.add_page(reader.pages[0])
    writer.write(folder / "c.pdf")
    picture = Image.new("RGB", (20, 20), "white")
    ImageDraw.Draw(picture).text((1, 1), "x", fill="black")
    picture.filter(ImageFilter.BLUR).resize((10, 10)).convert("L").save(folder / "d.png")
    Image.open(folder / "d.png").load()


def mathematics() -> None:
    x = sympy.symbols("x")
    sympy.solve(x**2 - 2, x), sympy.diff(sympy.sin(x) * x, x), sympy.integrate(x**2, x), str(sympy.expand((x + 1) ** 2))
    graph = nx.Graph([(1, 2), (2, 3), (1, 3)])
    nx.shortest_path(graph, 1, 3), nx.degree_centrality(graph), list(nx.connected_components(graph))
    grid = np.linspace(0, 1, 20)
    scipy.optimize.minimize(lambda p: (p[0] - 1) ** 2, [0.0]), scipy.optimize.brentq(lambda p: p - 0.5, 0, 1)
    scipy.optimize.curve_fit(lambda t, a, b: a * t + b, grid, 2 * grid + 1)
    scipy.optimize.linprog([1, 1], A_ub=[[-1, -1]], b_ub=[-1])
    scipy.integrate.quad(np.sin, 0, 1), scipy.integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0])
    scipy.interpolate.CubicSpline(grid, grid**2)(0.5), scipy.interpolate.interp1d(grid, grid)(0.5)
    scipy.signal.find_peaks(np.sin(10 * grid)), scipy.fft.fft(grid), scipy.linalg.lu(np.eye(2))
    scipy.stats.ttest_ind(grid, grid + 1), scipy.stats.norm.cdf(1), scipy.stats.pearsonr(grid, grid**2)
    scipy.stats.linregress(grid, grid), scipy.stats.chi2_contingency([[5, 6], [7, 8]]), scipy.stats.shapiro(grid)
    scipy.cluster.hierarchy.linkage(grid.reshape(-1, 1)), scipy.spatial.distance.cdist([[0, 0]], [[1, 1]])


def models() -> None:
    data, classes = sklearn.datasets.load_iris(return_X_y=True)
    first, last, first_classes, last_classes = sklearn.model_selection.train_test_split(data, classes, random_state=0)
    for model in (
        sklearn.linear_model.LogisticRegression(max_iter=200),
        sklearn.ensemble.RandomForestClassifier(n_estimators=3, random_state=0),
        sklearn.tree.DecisionTreeClassifier(),
        sklearn.neighbors.KNeighborsClassifier(),
        sklearn.pipeline.make_pipeline(sklearn.preprocessing.StandardScaler(), sklearn.svm.SVC()),
    ):
        predicted = model.fit(first, first_classes).predict(last)
    sklearn.metrics.accuracy_score(last_classes, predicted), sklearn.metrics.confusion_matrix(last_classes, predicted)
    sklearn.metrics.classification_report(last_classes, predicted)
    sklearn.linear_model.LinearRegression().fit(data, classes).score(data, classes)
    sklearn.cluster.KMeans(2, n_init=1, random_state=0).fit(data), sklearn.decomposition.PCA(2).fit_transform(data)
    sklearn.feature_extraction.text.TfidfVectorizer().fit_transform(["a text", "another text"])
    sklearn.model_selection.cross_val_score(sklearn.naive_bayes.GaussianNB(), data, classes, cv=3)
    table = pd.DataFrame(data[:, :2], columns=["a", "b"])
    sm.OLS(table["a"], sm.add_constant(table["b"])).fit().summary().as_text(), smf.ols("a ~ b", data=table).fit()
    sns.scatterplot(data=table, x="a", y="b")
    sns.heatmap(table.corr(), annot=True)
    plt.close("all")


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for _ in range(2):
        with tempfile.TemporaryDirectory() as name:
            documents(Path(name))
        texts()
        mathematics()
        models()

# Loaded fonts hold their files open, and an image has no open files.
matplotlib.font_manager._get_font.cache_clear()
