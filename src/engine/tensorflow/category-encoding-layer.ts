import type { TensorFlow } from "./index.ts";

type Shape = (number | null)[];
interface Layer {
  computeOutputShape(shape: Shape | Shape[]): Shape | Shape[];
}
type LayerClass = new (args: object) => Layer;

/** TensorFlow.js 4.22's CategoryEncoding writes its output's shape into that of the tensor that it is applied to. */
export function registerCategoryEncoding(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;

  class CategoryEncoding extends (known["CategoryEncoding"]![0] as unknown as LayerClass) {
    static readonly className = "CategoryEncoding";
    override computeOutputShape(shape: Shape | Shape[]): Shape | Shape[] {
      return super.computeOutputShape(structuredClone(shape));
    }
  }
  tf.serialization.registerClass(CategoryEncoding as never);
}
