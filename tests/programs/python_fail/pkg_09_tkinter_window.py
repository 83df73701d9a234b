# task: Show a window with a button.
import tkinter as tk

root = tk.Tk()
tk.Button(root, text="OK", command=root.destroy).pack()
root.mainloop()
