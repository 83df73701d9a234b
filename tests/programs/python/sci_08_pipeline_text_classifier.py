# task: Classify short messages as spam or not with TF-IDF and naive Bayes in a pipeline.
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

train = [
    ("win a free prize now", 1), ("free money click here", 1), ("claim your prize money", 1), ("cheap pills free offer", 1),
    ("lunch at noon tomorrow", 0), ("please review the report", 0), ("meeting moved to monday", 0), ("see the attached report before lunch", 0),
]
texts, labels = zip(*train)
model = make_pipeline(TfidfVectorizer(stop_words="english"), MultinomialNB())
model.fit(texts, labels)

for message in ("free prize offer", "report for the monday meeting", "click to claim money"):
    spam = model.predict_proba([message])[0, 1]
    print(f"{message!r}: {'spam' if spam > 0.5 else 'ham'} ({spam:.2f})")

counts = CountVectorizer().fit(texts)
matrix = counts.transform(["free free lunch"])
print("vocabulary:", len(counts.vocabulary_), "| free:", matrix[0, counts.vocabulary_["free"]], "| shape", matrix.shape)
