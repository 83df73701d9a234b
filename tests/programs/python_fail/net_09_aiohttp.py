# task: Fetch three pages concurrently.
import asyncio

import aiohttp


async def fetch(url):
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return len(await response.text())


async def main():
    print(await asyncio.gather(*(fetch(f"https://example.com/{n}") for n in range(3))))


asyncio.run(main())
