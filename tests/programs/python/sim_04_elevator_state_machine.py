# task: Simulate an elevator as a state machine with requests, and print its log.
from dataclasses import dataclass, field
from enum import Enum, auto


class State(Enum):
    IDLE = auto()
    UP = auto()
    DOWN = auto()
    DOORS = auto()


@dataclass
class Elevator:
    floor: int = 0
    state: State = State.IDLE
    direction: int = 1
    stops: set[int] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    moved: int = 0

    def request(self, floor):
        if not 0 <= floor <= 9:
            raise ValueError(f"no floor {floor}")
        self.stops.add(floor)

    def tick(self, time):
        if self.floor in self.stops:
            self.stops.discard(self.floor)
            self.state = State.DOORS
        elif not self.stops:
            self.state = State.IDLE
        else:
            ahead = [stop for stop in self.stops if (stop - self.floor) * self.direction > 0]
            if not ahead:
                self.direction = -self.direction
            self.floor += self.direction
            self.moved += 1
            self.state = State.UP if self.direction > 0 else State.DOWN
        self.log.append(f"{time:>2} {self.state.name:<5} {self.floor}")


calls = {0: [5], 2: [3, 1], 6: [8], 9: [0]}
lift = Elevator()
for time in range(24):
    for floor in calls.get(time, []):
        lift.request(floor)
    lift.tick(time)
print("\n".join(lift.log))
print("moved", lift.moved, "doors", sum("DOORS" in line for line in lift.log), lift.state)
try:
    lift.request(12)
except ValueError as error:
    print("error:", error)
