#ifndef STAND_IN_SPI_TYPES_H
#define STAND_IN_SPI_TYPES_H

typedef enum {
	SPI1_HOST,
	SPI2_HOST,
} spi_host_device_t;

#endif
