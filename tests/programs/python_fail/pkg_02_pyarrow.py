# task: Save a table as Parquet.
import pyarrow as pa
import pyarrow.parquet as pq

pq.write_table(pa.table({"n": [1, 2]}), "table.parquet")
