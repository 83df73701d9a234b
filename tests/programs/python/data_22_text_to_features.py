# task: Turn product reviews into features with pandas: word counts, sentiment by a lexicon, and correlation with stars.
import re

import pandas as pd

reviews = pd.DataFrame(
    {
        "stars": [5, 1, 4, 2, 3, 5],
        "text": [
            "Excellent! Love it, great quality and fast delivery.",
            "Terrible. Broke after a day, very bad support, not good.",
            "Good value, works great.",
            "Bad packaging, slow delivery, disappointing.",
            "It is okay. Not bad, not great.",
            "Great great great!!!",
        ],
    }
)
LEXICON = {"excellent": 3, "love": 3, "great": 2, "good": 2, "fast": 1, "okay": 0, "slow": -1, "bad": -2, "disappointing": -2, "terrible": -3, "broke": -2}


def sentiment(text):
    score, negate = 0, False
    for word in re.findall(r"[a-z]+", text.lower()):
        if word == "not":
            negate = True
        else:
            score += LEXICON.get(word, 0) * (-1 if negate else 1)
            negate = False
    return score


reviews["words"] = reviews["text"].str.count(r"\w+")
reviews["shouts"] = reviews["text"].str.count("!")
reviews["sentiment"] = reviews["text"].map(sentiment)
print(reviews[["stars", "words", "shouts", "sentiment"]].to_string(index=False))
print("correlation:", reviews["stars"].corr(reviews["sentiment"]).round(3))
exploded = reviews.assign(word=reviews["text"].str.lower().str.findall(r"[a-z]{4,}")).explode("word")
top = exploded.groupby("word")["stars"].agg(["count", "mean"]).query("count > 1").sort_values(["count", "mean"], ascending=False)
print(top.round(2).to_string())
reviews["label"] = pd.cut(reviews["sentiment"], [-10, -1, 1, 20], labels=["negative", "neutral", "positive"])
print(pd.crosstab(reviews["label"], reviews["stars"] >= 4).to_string())
