# task: Simulate stock with reorder points and delivery delays, and compare policies by cost.
import random
from collections import deque


def run(reorder_point, order_size, days=365, seed=5):
    rng = random.Random(seed)
    stock, arriving = 40, deque()
    lost = holding = orders = sold = 0
    for day in range(days):
        while arriving and arriving[0][0] <= day:
            stock += arriving.popleft()[1]
        demand = sum(rng.random() < 0.5 for _ in range(12))
        served = min(stock, demand)
        stock -= served
        sold += served
        lost += demand - served
        if stock + sum(amount for _, amount in arriving) <= reorder_point:
            arriving.append((day + 4, order_size))
            orders += 1
        holding += stock
    cost = holding * 0.02 + orders * 15 + lost * 4
    return {"sold": sold, "lost": lost, "orders": orders, "holding": holding, "cost": round(cost, 2), "left": stock + sum(a for _, a in arriving)}


results = {(point, size): run(point, size) for point in (10, 30, 50) for size in (50, 100)}
for (point, size), r in results.items():
    assert 40 + r["orders"] * size == r["sold"] + r["left"]
print("stock is conserved in all", len(results), "runs")
print("low reorder points lose sales:", all(results[10, size]["lost"] > results[50, size]["lost"] for size in (50, 100)))
print("larger orders are fewer:", all(results[point, 100]["orders"] < results[point, 50]["orders"] for point in (10, 30, 50)))
best = min(results, key=lambda key: results[key]["cost"])
print("best policy:", best, "saves", round((1 - results[best]["cost"] / max(r["cost"] for r in results.values())) * 100) > 20)
same_demand = {r["sold"] + r["lost"] for r in results.values()}
print("same demand in each run:", len(same_demand) == 1)
