# task: Show that a lock protects a bank account that several threads use.
import _sbx_shims

_sbx_shims.install()
import threading


class Account:
    def __init__(self, balance):
        self.balance, self.lock, self.log = balance, threading.RLock(), []

    def withdraw(self, amount):
        with self.lock:
            if self.balance >= amount:
                self.balance -= amount
                self.log.append((threading.current_thread().name, amount))
                return True
            return False

    def transfer(self, other, amount):
        first, second = sorted((self, other), key=id)
        with first.lock, second.lock:
            if self.withdraw(amount):
                other.balance += amount


a, b = Account(1000), Account(500)
threads = [threading.Thread(target=a.transfer, args=(b, 50), name=f"a{n}") for n in range(30)]
threads += [threading.Thread(target=b.transfer, args=(a, 20), name=f"b{n}") for n in range(30)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("total:", a.balance + b.balance, "| never negative:", a.balance >= 0 and b.balance >= 0)
print("balances:", a.balance, b.balance, "| first:", a.log[0])
