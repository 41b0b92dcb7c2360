// Field numbers of Core ML's messages. Source: coremltools, mlmodel/format/{Model,FeatureTypes,MIL}.proto.
#pragma once
#include <cstdint>

namespace lathe::formats::coreml {

namespace model_field {
inline constexpr uint32_t kSpecificationVersion = 1, kDescription = 2, kMlProgram = 502;
// The oneof of model types begins here.
inline constexpr uint32_t kFirstType = 200;
inline constexpr uint32_t kNeuralNetworkClassifier = 403, kNeuralNetworkRegressor = 303, kNeuralNetwork = 500;
inline constexpr uint32_t kPipeline = 202;
}  // namespace model_field

namespace description_field {
inline constexpr uint32_t kInput = 1, kOutput = 10, kPredictedFeature = 11, kPredictedProbabilities = 12,
                          kFunctions = 20, kMetadata = 100;
}

namespace metadata_field {
inline constexpr uint32_t kShortDescription = 1, kVersion = 2, kUserDefined = 100;
}

namespace feature_field {
inline constexpr uint32_t kName = 1, kShortDescription = 2, kType = 3;
}

namespace feature_type_field {
inline constexpr uint32_t kInt64 = 1, kDouble = 2, kString = 3, kImage = 4, kMultiArray = 5, kDictionary = 6;
}

namespace image_field {
inline constexpr uint32_t kWidth = 1, kHeight = 2, kColorSpace = 3;
inline constexpr int64_t kRgb = 20;
}  // namespace image_field

namespace array_field {
inline constexpr uint32_t kShape = 1, kDataType = 2, kShapeRange = 31;
inline constexpr uint32_t kSizeRanges = 1;  // in a ShapeRange
inline constexpr uint32_t kLowerBound = 1, kUpperBound = 2;  // in a SizeRange
inline constexpr int64_t kFloat32 = 65568, kDouble = 65600, kInt32 = 131104, kFloat16 = 65552, kInt8 = 131080;
}  // namespace array_field

namespace dictionary_field {
inline constexpr uint32_t kInt64Key = 1, kStringKey = 2;
}

namespace map_field {  // of every entry of a map
inline constexpr uint32_t kKey = 1, kValue = 2;
}

namespace program_field {
inline constexpr uint32_t kVersion = 1, kFunctions = 2;
}

namespace function_field {
inline constexpr uint32_t kInputs = 1, kOpset = 2, kBlocks = 3;
}

namespace block_field {
inline constexpr uint32_t kOutputs = 2, kOperations = 3;
}

namespace operation_field {
inline constexpr uint32_t kType = 1, kInputs = 2, kOutputs = 3, kBlocks = 4, kAttributes = 5;
}

namespace argument_field {
inline constexpr uint32_t kArguments = 1;
inline constexpr uint32_t kName = 1, kValue = 2;  // in a Binding
}  // namespace argument_field

namespace named_type_field {
inline constexpr uint32_t kName = 1, kType = 2;
}

namespace value_type_field {
inline constexpr uint32_t kTensor = 1, kList = 2, kDictionary = 4;
inline constexpr uint32_t kDataType = 1, kRank = 2, kDimensions = 3;  // in a TensorType
inline constexpr uint32_t kConstant = 1, kUnknown = 2;  // in a Dimension
inline constexpr uint32_t kSize = 1;  // in a ConstantDimension
inline constexpr uint32_t kElementType = 1, kLength = 2;  // in a ListType
inline constexpr uint32_t kKeyType = 1, kValueType = 2;  // in a DictionaryType
}  // namespace value_type_field

namespace value_field {
inline constexpr uint32_t kType = 2, kImmediate = 3, kBlobFile = 5;
inline constexpr uint32_t kTensor = 1, kList = 3;  // in an ImmediateValue
inline constexpr uint32_t kFileName = 1, kOffset = 2;  // in a BlobFileValue
// In a TensorValue; each holds one field of values, number 1.
inline constexpr uint32_t kFloats = 1, kInts = 2, kBools = 3, kStrings = 4, kLongInts = 5, kDoubles = 6,
                          kBytes = 7;
inline constexpr uint32_t kValues = 1;
}  // namespace value_field

}  // namespace lathe::formats::coreml
