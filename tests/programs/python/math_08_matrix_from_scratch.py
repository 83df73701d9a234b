# task: Implement matrix multiplication, determinant, inverse and a linear solver in pure Python with fractions.
from fractions import Fraction


class Matrix:
    def __init__(self, rows):
        self.rows = [[Fraction(value) for value in row] for row in rows]

    def __matmul__(self, other):
        columns = list(zip(*other.rows))
        return Matrix([[sum(a * b for a, b in zip(row, column)) for column in columns] for row in self.rows])

    def __eq__(self, other):
        return self.rows == other.rows

    def __repr__(self):
        return "[" + "; ".join(" ".join(str(value) for value in row) for row in self.rows) + "]"

    def eliminate(self, right):
        a = [row + extra for row, extra in zip([row[:] for row in self.rows], right.rows)]
        n, determinant = len(a), Fraction(1)
        for i in range(n):
            pivot = next((r for r in range(i, n) if a[r][i]), None)
            if pivot is None:
                return Fraction(0), None
            if pivot != i:
                a[i], a[pivot] = a[pivot], a[i]
                determinant = -determinant
            determinant *= a[i][i]
            a[i] = [value / a[i][i] for value in a[i]]
            for r in range(n):
                if r != i and a[r][i]:
                    a[r] = [x - a[r][i] * y for x, y in zip(a[r], a[i])]
        return determinant, Matrix([row[n:] for row in a])


identity = Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
A = Matrix([[2, 1, 1], [1, 3, 2], [1, 0, 0]])
det, inverse = A.eliminate(identity)
print("det:", det, "inverse:", inverse)
print("A @ inverse is identity:", A @ inverse == identity)
print("solution:", A.eliminate(Matrix([[4], [5], [6]]))[1])
print("singular:", Matrix([[1, 2], [2, 4]]).eliminate(Matrix([[1, 0], [0, 1]])))
