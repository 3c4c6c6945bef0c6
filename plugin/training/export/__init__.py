"""From a trained model to an encoder package of ONNX graphs."""
