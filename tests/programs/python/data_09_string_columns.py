# task: Extract structured fields from free-text columns with pandas string methods and regular expressions.
import pandas as pd

df = pd.DataFrame(
    {
        "contact": [
            "Mr. John Smith <john.smith@example.com>",
            "Dr. Maria Garcia-Lopez <mgl@uni.example.org>",
            "Li Wei <li@example.cn>",
            "broken entry",
        ],
        "phone": ["+1 (555) 010-2030", "0034 600 123 456", "86-10-1234", None],
    }
)
pattern = r"^(?:(?P<title>Mr|Ms|Dr)\.\s+)?(?P<first>\w+)\s+(?P<last>[\w-]+)\s+<(?P<email>[^>]+)>$"
parsed = df["contact"].str.extract(pattern)
parsed["domain"] = parsed["email"].str.split("@").str[-1].str.split(".").str[-2:].str.join(".")
parsed["digits"] = df["phone"].str.replace(r"\D", "", regex=True)
print(parsed.fillna("").to_string(index=False))
print("Unparsed rows:", df.index[parsed["email"].isna()].tolist())
print(parsed["domain"].value_counts().sort_index().to_dict())
print(parsed["last"].dropna().str.upper().str.pad(14, side="both", fillchar="*").tolist())
