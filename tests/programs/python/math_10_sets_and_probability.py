# task: Compute probabilities of dice, cards and birthdays by exact enumeration and formula.
from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb

dice = Counter(sum(roll) for roll in product(range(1, 7), repeat=3))
total = 6**3
print("P(three dice = 10):", Fraction(dice[10], total), "most likely sums:", [s for s, n in dice.items() if n == max(dice.values())])
print("expected sum:", sum(Fraction(s * n, total) for s, n in dice.items()))

ranks, suits = range(13), "SHDC"
deck = [(rank, suit) for rank in ranks for suit in suits]
aces_five = Fraction(comb(4, 2) * comb(48, 3), comb(52, 5))
print("P(exactly two aces in five):", aces_five, f"= {float(aces_five):.5f}")
pairs = sum(a[0] == b[0] for a, b in combinations(deck, 2))
print("P(pair in two cards):", Fraction(pairs, comb(52, 2)))

p = Fraction(1)
for people in range(1, 100):
    p *= Fraction(365 - people + 1, 365)
    if p < Fraction(1, 2):
        print("people for a shared birthday:", people, f"{1 - float(p):.4f}")
        break
sick, positive_sick, positive_well = Fraction(1, 100), Fraction(95, 100), Fraction(2, 100)
posterior = sick * positive_sick / (sick * positive_sick + (1 - sick) * positive_well)
print("P(sick | positive):", posterior, f"= {float(posterior):.3f}")
