# task: Use the logging module with a file, rotation, formats and filters, then summarise the log files.
import logging
import logging.handlers
import re
from collections import Counter
from pathlib import Path

logger = logging.getLogger("shop")
logger.setLevel(logging.DEBUG)
logger.propagate = False
rotating = logging.handlers.RotatingFileHandler("shop.log", maxBytes=600, backupCount=2)
rotating.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(message)s"))
logger.addHandler(rotating)


class NoSecrets(logging.Filter):
    def filter(self, record):
        record.msg = re.sub(r"password=\S+", "password=***", str(record.msg))
        return "noise" not in record.getMessage()


rotating.addFilter(NoSecrets())
child = logging.getLogger("shop.orders")


def work():
    for n in range(30):
        child.debug("noise %d", n)
        logger.info("order %d processed", n)
        if n % 10 == 0:
            logger.warning(f"retry user=ann password=geheim{n}")
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("failed")


work()
logging.shutdown()
files = sorted(Path().glob("shop.log*"), reverse=True)
print([path.name for path in files], all(path.stat().st_size <= 700 for path in files))
text = "".join(path.read_text() for path in files)
print(Counter(re.findall(r"^(\w+):shop", text, re.M)).keys() >= {"INFO", "ERROR"}, "noise" in text, "geheim" in text, "***" in text)
print(text.splitlines()[-1])
print("last order kept:", re.findall(r"order (\d+)", text)[-1], "function:", re.search(r"shop:(\w+):order", text)[1])
print(logger.isEnabledFor(logging.DEBUG), child.getEffectiveLevel() == logging.DEBUG, logging.getLevelName(30))
