# task: Work with bits and bytes: flags, masks, popcount, parity, float layout, hexdump and IPv4 networks.
import ipaddress
import struct
from array import array
from functools import reduce

READ, WRITE, EXECUTE = 1 << 2, 1 << 1, 1
mode = 0o754
print([f"{bool(mode >> shift & flag)!s:5}" for shift in (6, 3, 0) for flag in (READ, WRITE, EXECUTE)])
print(f"{mode:b}", mode.bit_count(), mode.bit_length(), mode & 0o700 | 0o007, ~mode & 0o777, mode ^ 0o777 == ~mode & 0o777)
numbers = [4, 1, 2, 1, 2]
print("single:", reduce(lambda a, b: a ^ b, numbers), "| powers of two:", [n for n in range(1, 70) if n & (n - 1) == 0], "| gray:", [f"{n ^ n >> 1:03b}" for n in range(8)])


def hexdump(data, width=16):
    for offset in range(0, len(data), width):
        part = data[offset : offset + width]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)
        print(f"{offset:04x}  {part.hex(' '):<{width * 3}} {text}")


hexdump("Hello, bytes! ñ\n\x00\x7fend".encode())
bits = struct.unpack(">I", struct.pack(">f", -6.25))[0]
print(f"sign {bits >> 31}, exponent {(bits >> 23 & 0xFF) - 127}, fraction {bits & 0x7FFFFF:023b}", (0.1).hex(), float.fromhex("0x1.8p1"))
values = array("h", [1, -2, 300])
values.byteswap()
print(values.tolist(), values.itemsize, memoryview(b"abcdef")[1:4].tobytes(), bytearray(b"xyz").replace(b"y", b"--"), bytes.fromhex("de ad"))
network = ipaddress.ip_network("192.168.10.0/26")
print(network.num_addresses, network.broadcast_address, network.netmask, ipaddress.ip_address("192.168.10.70") in network, [str(n) for n in network.subnets(new_prefix=28)][:2])
print(ipaddress.ip_address("::1").is_loopback, int(ipaddress.ip_address("1.2.3.4")), ipaddress.ip_address("2001:db8::1").exploded[:14])


def crc8(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


print(hex(crc8(b"123456789")), sum(b"parity") % 2, int("1" * 8, 2), 7 << 3, -7 >> 1, -7 // 2, -7 % 3)
