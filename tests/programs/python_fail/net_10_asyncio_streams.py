# task: Open a TCP connection with asyncio and read the banner.
import asyncio


async def main():
    reader, writer = await asyncio.open_connection("example.com", 22)
    print(await reader.readline())


asyncio.run(main())
