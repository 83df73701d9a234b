# task: Compute an invoice with VAT exactly, rounding half up per line, and show why floats go wrong.
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext, localcontext

CENT = Decimal("0.01")
lines = [("Paper A4", 3, "4.35"), ("Toner", 1, "89.995"), ("Pens", 12, "0.335")]

net_total = Decimal(0)
for name, quantity, price in lines:
    net = (Decimal(price) * quantity).quantize(CENT, rounding=ROUND_HALF_UP)
    net_total += net
    print(f"{name:<10}{quantity:>4} x {price:>7} = {net:>8}")
vat = (net_total * Decimal("0.19")).quantize(CENT, rounding=ROUND_HALF_UP)
print(f"net {net_total}, VAT {vat}, gross {net_total + vat}")

print("0.1 + 0.2 as float:", 0.1 + 0.2 == 0.3, "| as Decimal:", Decimal("0.1") + Decimal("0.2") == Decimal("0.3"))
for value in ("2.345", "2.355"):
    print(value, round(float(value), 2), Decimal(value).quantize(CENT, ROUND_HALF_UP), Decimal(value).quantize(CENT, ROUND_HALF_EVEN))
with localcontext() as context:
    context.prec = 50
    print("1/7 =", Decimal(1) / 7)
print("default precision:", getcontext().prec, "| sqrt(2) =", Decimal(2).sqrt())
