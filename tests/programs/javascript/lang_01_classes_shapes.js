// task: Model shapes with inheritance, private fields, static members, getters, mixins and Symbol methods.
class Shape {
  static #count = 0;
  static registry = new Map();
  #id = ++Shape.#count;
  constructor(name) {
    if (new.target === Shape) throw new TypeError('Shape is abstract');
    this.name = name;
    Shape.registry.set(this.#id, this);
  }
  static get count() { return Shape.#count; }
  static compare(a, b) { return a.area - b.area; }
  get id() { return this.#id; }
  get area() { throw new Error('not implemented'); }
  describe() { return `${this.name} #${this.id} with area ${this.area.toFixed(2)}`; }
  [Symbol.toPrimitive](hint) { return hint === 'string' ? this.describe() : this.area; }
  get [Symbol.toStringTag]() { return this.constructor.name; }
}
class Circle extends Shape {
  constructor(radius) { super('circle'); this.radius = radius; }
  get area() { return Math.PI * this.radius ** 2; }
}
class Rectangle extends Shape {
  #width;
  #height;
  constructor(width, height, name = 'rectangle') { super(name); this.#width = width; this.#height = height; }
  get area() { return this.#width * this.#height; }
  set width(value) {
    if (value <= 0) throw new RangeError('width must be positive');
    this.#width = value;
  }
  static isRectangle(object) { return #width in object; }
  *[Symbol.iterator]() { yield this.#width; yield this.#height; }
}
class Square extends Rectangle {
  constructor(side) { super(side, side, 'square'); }
  describe() { return `${super.describe()} (equal sides)`; }
}
const Serializable = (Base) => class extends Base {
  toJSON() { return { type: this.constructor.name, area: +this.area.toFixed(1) }; }
};
class Disc extends Serializable(Circle) { static from({ radius }) { return new this(radius); } }

const shapes = [new Circle(2), new Rectangle(3, 4), new Square(5), Disc.from({ radius: 1 })];
shapes.forEach((shape) => console.log(shape.describe()));
console.log(`${shapes[0]}`, +shapes[1], shapes[2] + 1, shapes[2] > shapes[1]);
console.log(shapes.sort(Shape.compare).map((s) => s.name), Shape.count, Shape.registry.size);
console.log(JSON.stringify(shapes.find((s) => s instanceof Disc)), Object.prototype.toString.call(shapes[3]), String(Object.getPrototypeOf(Square) === Rectangle));
console.log([...new Square(7)], Rectangle.isRectangle(new Square(1)), Rectangle.isRectangle({}), Object.keys(new Square(2)));
console.log(shapes);
for (const bad of [() => new Shape('x'), () => { new Square(1).width = -1; }]) {
  try { bad(); } catch (e) { console.log(e.name, e.message); }
}
class Temperature {
  static { this.absoluteZero = -273.15; }
  #celsius = 0;
  get fahrenheit() { return this.#celsius * 1.8 + 32; }
  set fahrenheit(f) { this.#celsius = (f - 32) / 1.8; }
  get celsius() { return this.#celsius; }
}
const t = new Temperature();
t.fahrenheit = 212;
console.log(t.celsius, t.fahrenheit, Temperature.absoluteZero, t, Object.getOwnPropertyNames(Temperature.prototype));
console.log(typeof Shape, Shape.name, Circle.length, (class {}).name, class A extends Shape {}, [Shape, Square]);
