# task: Compute a loan schedule, compare savings plans, split a bill fairly and find the internal rate of return.
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def money(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def schedule(principal, yearly_percent, months):
    rate = Decimal(yearly_percent) / 1200
    payment = money(principal * rate / (1 - (1 + rate) ** -months))
    balance = Decimal(principal)
    for month in range(1, months + 1):
        interest = money(balance * rate)
        paid = min(payment, balance + interest) if month < months else balance + interest
        balance += interest - paid
        yield month, paid, interest, paid - interest, balance


rows = list(schedule(12_000, "6", 12))
print(f"{'month':>5} {'payment':>9} {'interest':>9} {'principal':>10} {'balance':>10}")
for row in rows[:2] + rows[-2:]:
    print(f"{row[0]:>5} {row[1]:>9} {row[2]:>9} {row[3]:>10} {row[4]:>10}")
print("interest paid:", sum(row[2] for row in rows), "| principal repaid:", sum(row[3] for row in rows))


def future(monthly, percent, years):
    balance = 0.0
    for _ in range(years * 12):
        balance = (balance + monthly) * (1 + percent / 1200)
    return balance


for percent in (0, 3, 7):
    print(f"100 a month for 20 years at {percent} %: {future(100, percent, 20):,.0f}")


def irr(flows):
    value = lambda rate: sum(flow / (1 + rate) ** year for year, flow in enumerate(flows))
    low, high = -0.9, 10.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) > 0 else (low, middle)
    return low


print(f"IRR: {irr([-1000, 300, 420, 680]):.2%}")
total, people = Decimal("100.00"), 3
shares = [total // people // 1] * 0 or [(total / people).quantize(CENT, rounding="ROUND_DOWN")] * people
for i in range(int((total - sum(shares)) / CENT)):
    shares[i] += CENT
print([str(share) for share in shares], sum(shares) == total)
spent = {"ann": 90, "bob": 30, "cy": 0}
fair = sum(spent.values()) / len(spent)
debts = sorted((amount - fair, name) for name, amount in spent.items())
print("settle:", [(name, round(-balance, 2)) for balance, name in debts if balance < 0], "to", debts[-1][1])
