/*
 * What errors name a value of: a number takes two bytes of a call, a string's address eight. Up to `quantityRank` it is the model that is bad,
 * from there on it is what the engine does not support.
 */
#ifndef LOAM_MICRO_QUANTITIES_H
#define LOAM_MICRO_QUANTITIES_H

#define MICRO_QUANTITIES \
	QUANTITY(Subgraphs, "subgraph count") \
	QUANTITY(Inputs, "input count") \
	QUANTITY(Outputs, "output count") \
	QUANTITY(Tensor, "tensor") \
	QUANTITY(ZeroPoints, "zero point count") \
	QUANTITY(ZeroPoint, "zero point") \
	QUANTITY(Axis, "scales along dimension") \
	QUANTITY(Scales, "scale count") \
	QUANTITY(Buffer, "buffer") \
	QUANTITY(Bytes, "bytes of data") \
	QUANTITY(Code, "operator code") \
	QUANTITY(Options, "options of type") \
	QUANTITY(Rank, "rank") \
	QUANTITY(Dimension, "dimension") \
	QUANTITY(Elements, "element count") \
	QUANTITY(Window, "window") \
	QUANTITY(Stride, "stride") \
	QUANTITY(Dilation, "dilation") \
	QUANTITY(Padding, "padding") \
	QUANTITY(Row, "row length") \
	QUANTITY(Channels, "channel count") \
	QUANTITY(InputChannels, "input channel count") \
	QUANTITY(OutputChannels, "output channel count") \
	QUANTITY(First, "first dimension") \
	QUANTITY(Format, "weights format") \
	QUANTITY(Beyond, "elements beyond whole rows:") \
	QUANTITY(Details, "quantization details of type") \
	QUANTITY(Schema, "schema version") \
	QUANTITY(Version, "version") \
	QUANTITY(Operators, "operator count") \
	QUANTITY(Tensors, "tensor count") \
	QUANTITY(Buffers, "buffers to plan")

/* clang-format off */
#define QUANTITY(name, text) quantity##name,
typedef enum { MICRO_QUANTITIES } MicroQuantity;
#undef QUANTITY
/* clang-format on */

#endif
