#ifndef STAND_IN_SPI_COMMON_H
#define STAND_IN_SPI_COMMON_H

#include "esp_err.h"
#include "hal/spi_types.h"

typedef enum {
	SPI_DMA_CH_AUTO = 3,
} spi_common_dma_t;

typedef spi_common_dma_t spi_dma_chan_t;

typedef struct {
	int mosi_io_num;
	int miso_io_num;
	int sclk_io_num;
	int quadwp_io_num;
	int quadhd_io_num;
	int max_transfer_sz;
} spi_bus_config_t;

esp_err_t spi_bus_initialize(spi_host_device_t, const spi_bus_config_t *, spi_dma_chan_t);
esp_err_t spi_bus_free(spi_host_device_t);

#endif
