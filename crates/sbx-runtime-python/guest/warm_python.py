import json, re, math, random, datetime, collections, itertools, functools, statistics, decimal, csv, io, pathlib, tempfile, shutil
