"""Imports numpy, pandas, matplotlib and openpyxl and does with them what programs usually do.

Runs once, after `warm_python`, while the image `python-data` is built: importing these takes seconds, and the
first use of each operation makes caches and specialised bytecode that belong into the image.
"""

import io
import tempfile
import warnings
from pathlib import Path

import _sbx_results
import matplotlib
import matplotlib.dates
import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import xlsxwriter
import yaml
from matplotlib.backends import backend_agg

TABLE = "day,shop,item,n,price\n" + "".join(
    f"2026-01-{day:02d},{shop},item {day % 3},{day},{day * 1.5}\n" for day in range(1, 29) for shop in ("north", "south")
)


def arrays() -> None:
    a = np.arange(12, dtype=float).reshape(3, 4)
    square = a @ a.T + np.eye(3)
    np.linalg.solve(square, np.ones(3)), np.linalg.inv(square), np.linalg.svd(a), np.linalg.eigh(square), np.linalg.det(square)
    a.mean(axis=0), a.std(), a.sum(), a.max(), a.argsort(), np.percentile(a, 90), np.median(a), np.cumsum(a), a > 3, a[a > 3]
    np.where(a > 3, a, 0), np.concatenate([a, a]), np.vstack([a, a]), np.unique(a), np.histogram(a), np.linspace(0, 1, 5)
    np.sin(a), np.exp(a / 10), np.dot(a, a.T), np.corrcoef(a), np.polyfit([0, 1, 2], [1, 3, 5], 1), np.fft.fft(a[0])
    np.random.seed(1)
    np.random.rand(3), np.random.randint(0, 9, 3), np.random.normal(size=3), np.random.choice([1, 2, 3])
    np.random.default_rng(1).normal(size=3)
    np.array([1, 2, 3]).tolist(), np.zeros((2, 2)), np.ones(3).astype(int), np.isnan(a).any()
    repr(a), str(a.astype(int)), repr(a[0, 0])


def tables(folder: Path) -> None:
    df = pd.read_csv(io.StringIO(TABLE), parse_dates=["day"])
    df.head(), df.describe(), df.dtypes, df.isna().sum(), df.info(buf=io.StringIO())
    df["total"] = df["n"] * df["price"]
    df["month"] = df["day"].dt.strftime("%Y-%m")
    df["big"] = df["total"].apply(lambda value: value > 100)
    df["label"] = df["item"].str.upper().str.replace("ITEM", "x")
    by_shop = df.groupby("shop").agg(total=("total", "sum"), mean=("price", "mean"), n=("n", "count")).reset_index()
    df.groupby(["shop", "item"])["total"].sum().unstack().fillna(0)
    df.groupby("shop")["total"].transform("mean"), df.groupby("item").size(), df.groupby("item")["n"].apply(list)
    df.pivot_table(index="item", columns="shop", values="total", aggfunc="sum", margins=True)
    df.merge(by_shop, on="shop", how="left", suffixes=("", "_shop")), pd.concat([df, df], ignore_index=True)
    df.sort_values(["shop", "total"], ascending=[True, False]).drop_duplicates("item").nlargest(3, "total")
    df[(df["n"] > 5) & df["shop"].isin(["north"])].loc[:, ["n", "price"]].iloc[0:3], df.query("n > 5")
    df.set_index("day")["total"].resample("W").sum().rolling(2).mean().cumsum().pct_change()
    df["n"].value_counts(), df["n"].quantile([0.1, 0.9]), df[["n", "price"]].corr(), pd.cut(df["n"], 3)
    df.rename(columns={"n": "count"}).drop(columns="label").astype({"price": "float32"}).melt(id_vars="shop", value_vars=["count"])
    pd.to_numeric(pd.Series(["1", "x"]), errors="coerce").fillna(0), pd.date_range("2026-01-01", periods=3, freq="D")
    pd.DataFrame({"a": [1, None, 3]}).dropna().to_dict("records"), pd.Series([1, 2, 3]).sum()
    _sbx_results.bundle(df), _sbx_results.bundle(df["n"])
    df.to_string(), repr(df), str(df["n"]), df.to_html(), df.to_json(orient="records"), df.head().to_markdown()
    for _, row in df.head(2).iterrows():
        row["n"], row.to_dict()
    list(df.head(2).itertuples())
    df.to_csv(folder / "t.csv", index=False)
    pd.read_csv(folder / "t.csv")
    df.head().to_json(folder / "t.json", orient="records")
    pd.read_json(folder / "t.json")
    for engine in ("openpyxl", "xlsxwriter"):
        df.head().to_excel(folder / f"{engine}.xlsx", index=False, engine=engine)
    pd.read_excel(folder / "openpyxl.xlsx")


def figures(folder: Path) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(6, 4))
    axes[0][0].plot([1, 2, 3], [1, 4, 9], "o-", label="line")
    axes[0][0].legend()
    axes[0][1].bar(["a", "b"], [1, 2])
    axes[1][0].scatter([1, 2, 3], [3, 1, 2], c=[1, 2, 3])
    axes[1][1].hist([1, 2, 2, 3], bins=3)
    axes[0][0].set_title("title")
    axes[0][0].set_xlabel("x")
    axes[0][0].grid(True)
    figure.tight_layout()
    figure.savefig(folder / "f.png", dpi=50)
    figure.savefig(folder / "f.svg")
    _sbx_results.bundle(figure)
    _sbx_results.show_figures()
    pd.DataFrame({"a": [1, 2, 3]}).plot(kind="bar", title="t")
    plt.savefig(folder / "g.png", dpi=50)
    plt.close("all")
    _sbx_results.forget()


def books(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b"])
    sheet["A2"] = 1
    sheet["A2"].font = openpyxl.styles.Font(bold=True)
    book.save(folder / "b.xlsx")
    openpyxl.load_workbook(folder / "b.xlsx").active["A2"].value
    yaml.safe_load(yaml.safe_dump({"a": [1, 2]}))


_sbx_results.adopt_matplotlib()
for _ in range(3):
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arrays()
        tables(Path(name))
        figures(Path(name))
        books(Path(name))

# Loaded fonts hold their files open, and an image has no open files.
matplotlib.font_manager._get_font.cache_clear()
