# task: Merge intervals, find free meeting slots, count the rooms needed and the busiest moment.
def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def clock(value):
    return f"{value // 60:02}:{value % 60:02}"


def merge(intervals):
    out = []
    for start, end in sorted(intervals):
        if out and start <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([start, end])
    return out


calendars = {
    "ann": ["09:00-10:30", "12:00-13:00", "16:00-18:00"],
    "bob": ["10:00-11:30", "12:30-14:30", "14:30-15:00", "16:00-17:00"],
    "cy": ["09:15-09:45", "16:30-17:30"],
}
busy = [tuple(map(minutes, slot.split("-"))) for slots in calendars.values() for slot in slots]
merged = merge(busy)
print("busy:", [f"{clock(a)}-{clock(b)}" for a, b in merged])
day = (minutes("09:00"), minutes("18:30"))
edges = [day[0], *[edge for span in merged for edge in span], day[1]]
free = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if b - a >= 30]
print("free for all:", [f"{clock(a)}-{clock(b)}" for a, b in free])

events = sorted([(a, 1) for a, _ in busy] + [(b, -1) for _, b in busy], key=lambda event: (event[0], event[1]))
now = rooms = 0
for time, change in events:
    now += change
    if now > rooms:
        rooms, peak = now, time
print("rooms needed:", rooms, "first at", clock(peak))
chosen, last = [], -1
for start, end in sorted(busy, key=lambda span: span[1]):
    if start >= last:
        chosen.append(f"{clock(start)}-{clock(end)}")
        last = end
print("most meetings for one person:", len(chosen), chosen)
print(merge([]), merge([(1, 2), (2, 3)]), merge([(5, 6), (1, 10)]))
