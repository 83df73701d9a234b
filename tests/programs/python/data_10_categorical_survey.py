# task: Analyse survey answers on a Likert scale with ordered categories and a cross table.
import pandas as pd

scale = ["strongly disagree", "disagree", "neutral", "agree", "strongly agree"]
answers = pd.DataFrame(
    {
        "group": ["A", "A", "A", "B", "B", "B", "B", "A"],
        "answer": ["agree", "neutral", "strongly agree", "disagree", "agree", "agree", "strongly disagree", "agree"],
    }
)
answers["answer"] = pd.Categorical(answers["answer"], categories=scale, ordered=True)
answers["score"] = answers["answer"].cat.codes + 1

table = pd.crosstab(answers["group"], answers["answer"], dropna=False)
print(table.T.to_string())
print("Positive answers:", int((answers["answer"] >= "agree").sum()), "of", len(answers))
print(answers.groupby("group")["score"].agg(["mean", "median", "count"]))
print("Median answer:", scale[int(answers["score"].median()) - 1])
share = pd.crosstab(answers["group"], answers["answer"] >= "agree", normalize="index").mul(100).round(0)
print("Share agreeing:", {group: f"{value:.0f}%" for group, value in share[True].items()})
