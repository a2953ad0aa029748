#ifndef STAND_IN_SPI_MASTER_H
#define STAND_IN_SPI_MASTER_H

#include <stddef.h>
#include <stdint.h>

#include "driver/spi_common.h"

typedef struct {
	uint8_t mode;
	int clock_speed_hz;
	int spics_io_num;
	int queue_size;
} spi_device_interface_config_t;

typedef struct spi_transaction_t spi_transaction_t;
struct spi_transaction_t {
	size_t length;
	const void *tx_buffer;
	void *rx_buffer;
};

typedef struct spi_device_t *spi_device_handle_t;

esp_err_t spi_bus_add_device(spi_host_device_t, const spi_device_interface_config_t *, spi_device_handle_t *);
esp_err_t spi_bus_remove_device(spi_device_handle_t);
esp_err_t spi_device_polling_transmit(spi_device_handle_t, spi_transaction_t *);

#endif
