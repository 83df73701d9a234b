# task: Play a scripted text adventure from a list of commands, with rooms, items and a win condition.
import textwrap

ROOMS = {
    "hall": {"text": "A dusty hall. Doors lead north and east.", "exits": {"north": "kitchen", "east": "library"}, "items": []},
    "kitchen": {"text": "It smells of old soup. The hall is south.", "exits": {"south": "hall"}, "items": ["lamp"]},
    "library": {"text": "Shelves everywhere. A locked door leads down.", "exits": {"west": "hall", "down": "cellar"}, "items": ["key"], "locked": {"down": "key"}},
    "cellar": {"text": "Dark and cold.", "exits": {"up": "library"}, "items": ["treasure"], "dark": True},
}


class Game:
    def __init__(self):
        self.room, self.bag, self.turns, self.over = "hall", set(), 0, False
        self.items = {name: list(room["items"]) for name, room in ROOMS.items()}

    def look(self):
        room = ROOMS[self.room]
        if room.get("dark") and "lamp" not in self.bag:
            return "It is too dark to see."
        items = self.items[self.room]
        return room["text"] + (f" You see: {', '.join(items)}." if items else "")

    def do(self, line):
        self.turns += 1
        verb, _, noun = line.lower().partition(" ")
        room = ROOMS[self.room]
        if verb == "go":
            if noun not in room["exits"]:
                return "There is no way " + noun + "."
            needed = room.get("locked", {}).get(noun)
            if needed and needed not in self.bag:
                return f"Locked. You need the {needed}."
            self.room = room["exits"][noun]
            return self.look()
        if verb == "take":
            if noun not in self.items[self.room] or room.get("dark") and "lamp" not in self.bag:
                return f"No {noun or 'such thing'} here."
            self.items[self.room].remove(noun)
            self.bag.add(noun)
            self.over = noun == "treasure"
            return "You win!" if self.over else f"Taken: {noun}."
        if verb == "bag":
            return "You carry: " + (", ".join(sorted(self.bag)) or "nothing") + "."
        return self.look() if verb == "look" else f"I don't know how to {verb}."


game = Game()
script = ["look", "go up", "go east", "go down", "take key", "go down", "take treasure", "go up", "go west", "go north", "take lamp", "dance", "bag", "go south", "go east", "go down", "take treasure", "never reached"]
for line in script:
    if game.over:
        break
    print(f"> {line}")
    print(textwrap.fill(game.do(line), 60))
print(f"Finished in {game.turns} turns with {len(game.bag)} items.")
