# task: Plot monthly revenue of two years as a line chart and save it as a PNG.
import matplotlib.pyplot as plt

months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
last_year = [12, 14, 13, 17, 19, 22, 24, 23, 20, 18, 16, 21]
this_year = [13, 15, 16, 18, 22, 25, 27, 26, 23, 21, 19, 25]

fig, ax = plt.subplots(figsize=(8, 4), dpi=100)
ax.plot(months, last_year, marker="o", label="2024", color="gray")
ax.plot(months, this_year, marker="s", label="2025", linewidth=2)
ax.set_title("Revenue per month")
ax.set_ylabel("thousand €")
ax.grid(True, alpha=0.3)
ax.legend()
ax.annotate("record", xy=(6, 27), xytext=(8, 27.5), arrowprops={"arrowstyle": "->"})
fig.tight_layout()
fig.savefig("revenue.png")
plt.close(fig)

with open("revenue.png", "rb") as file:
    header = file.read(24)
print("PNG:", header[:8] == b"\x89PNG\r\n\x1a\n")
print("size:", int.from_bytes(header[16:20]), "x", int.from_bytes(header[20:24]))
print("growth:", round(sum(this_year) / sum(last_year) * 100 - 100, 1), "%")
