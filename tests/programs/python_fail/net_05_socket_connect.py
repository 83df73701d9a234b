# task: Check whether port 80 of a host is open.
import socket

with socket.create_connection(("example.com", 80), timeout=3) as connection:
    print("open", connection.getpeername())
