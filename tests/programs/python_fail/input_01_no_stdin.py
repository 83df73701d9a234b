# task: Ask for a name and greet.
name = input("Your name: ")
print("Hello", name)
