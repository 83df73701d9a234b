// task: Put helper functions into a namespace.
namespace Geometry {
  export const area = (w: number, h: number): number => w * h;
}
console.log(Geometry.area(2, 3));
