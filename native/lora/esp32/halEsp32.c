/*
 * The hardware layer on ESP-IDF (5 and 6): SPI master, GPIO interrupts, esp_timer. The driver runs in a FreeRTOS task of a priority above
 * script's, which interrupts and the timer notify; what it reports goes through XS's message queue.
 */
#include "xsmc.h"
#include "xsHost.h"

#include "driver/spi_master.h"
#include "esp_heap_caps.h"
#include "esp_rom_sys.h"
#include "esp_sleep.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/idf_additions.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#include "awakeLock.h"
#include "hal.h"
#include "radioLines.h"

enum {
	largestTransfer = 260, /* bytes */
	/* Above the SDK's tasks (XS 4, its debugger 8), below esp_timer (22) and Wi-Fi (23). */
	driverPriority = 20,
	/* Bytes; the driver's deepest frame holds two packets. */
	driverStack = 3584
};

typedef struct {
	spi_device_handle_t device;
	esp_timer_handle_t timer;
	xsMachine *the;
	LoraHalWake wake;
	LoraHalDeliver deliver;
	void *owner;
	TaskHandle_t task;
	SemaphoreHandle_t mutex;
	LoraPins pins;
	uint8_t *out, *in; /* in DMA-capable memory */
	DioLine dio[2];
	volatile int64_t edge;
	volatile bool isPosted; /* a message is in the queue: one is enough */
	volatile bool wantsPost, isEnding, hasEnded;
	AwakeLock awake;
	bool isSending, isWatchingBusy, isSx126x, isResetHigh, hasBus, isClosed;
} Esp32Hal;

/*
 * While BUSY is to fall, whose edge would be lost, and while the chip sends: receive windows are timed from the interrupt at its end, which waking from light sleep would
 * delay. Otherwise an alarm or a DIO line wakes the processor.
 */
static void keepAwake(Esp32Hal *esp) {
	awakeLockSet(&esp->awake, esp->isSending || esp->isWatchingBusy);
}

static void destroy(Esp32Hal *esp) {
	awakeLockDelete(&esp->awake);
	if (esp->device)
		spi_bus_remove_device(esp->device);
	if (esp->hasBus)
		spi_bus_free((spi_host_device_t)esp->pins.spi);
	if (esp->timer)
		esp_timer_delete(esp->timer);
	if (esp->mutex)
		vSemaphoreDelete(esp->mutex);
	heap_caps_free(esp->out);
	heap_caps_free(esp->in);
	c_free(esp);
}

/* In script's task. After a close the last message in the queue frees its data. */
static void deliver(void *the, void *refcon, uint8_t *message, uint16_t messageLength) {
	Esp32Hal *esp = refcon;
	(void)the, (void)message, (void)messageLength;
	esp->isPosted = false;
	if (esp->isClosed)
		destroy(esp);
	else
		esp->deliver(esp->owner); /* may close it */
}

/* Not now: the queue may be full, and script, which empties it, may wait for the lock. */
static void post(void *context) {
	((Esp32Hal *)context)->wantsPost = true;
}

/* False when the queue is full. */
static bool sendPost(Esp32Hal *esp) {
	if (!esp->wantsPost || esp->isPosted)
		return true;
	esp->isPosted = true;
	esp->wantsPost = false;
	if (modMessagePostToMachine(esp->the, NULL, 0, deliver, esp) == 0)
		return true;
	esp->wantsPost = true;
	esp->isPosted = false;
	return false;
}

static void driverTask(void *context) {
	Esp32Hal *esp = context;
	bool isSent = true, isArmed = true;
	for (;;) {
		/* What must be tried again is, with each tick. */
		ulTaskNotifyTake(pdTRUE, isSent && isArmed ? portMAX_DELAY : 1);
		if (esp->isEnding)
			break;
		esp->wake(esp->owner);
		isArmed = dioRearm(&esp->dio[0]);
		isArmed = dioRearm(&esp->dio[1]) && isArmed;
		isSent = sendPost(esp);
	}
	esp->hasEnded = true;
	vTaskDelete(NULL);
}

static void notifyFromInterrupt(Esp32Hal *esp) {
	BaseType_t isHigher = pdFALSE;
	vTaskNotifyGiveFromISR(esp->task, &isHigher);
	if (isHigher)
		portYIELD_FROM_ISR_NO_ARG();
}

static void dioIsHigh(void *context) {
	Esp32Hal *esp = context;
	esp->edge = esp_timer_get_time();
	notifyFromInterrupt(esp);
}

static void busyFell(void *context) {
	notifyFromInterrupt(context);
}

static void alarmDue(void *context) {
	xTaskNotifyGive(((Esp32Hal *)context)->task);
}

static void lock(void *context) {
	xSemaphoreTake(((Esp32Hal *)context)->mutex, portMAX_DELAY);
}

static void unlock(void *context) {
	xSemaphoreGive(((Esp32Hal *)context)->mutex);
}

static void spiTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes) {
	Esp32Hal *esp = context;
	spi_transaction_t transaction = { .length = 8 * bytes, .tx_buffer = esp->out, .rx_buffer = in ? esp->in : NULL };
	if (bytes > largestTransfer)
		return;
	c_memcpy(esp->out, out, bytes);
	/* Polling: shorter than the interrupt and the task switch of a queued transaction. */
	if (spi_device_polling_transmit(esp->device, &transaction) != ESP_OK)
		c_memset(esp->in, 0xFF, bytes);
	if (in)
		c_memcpy(in, esp->in, bytes);
}

/* The line is released, not driven high, to end a reset: SX127x requires it, SX126x has a pull-up (8.1). */
static void reset(void *context, bool held) {
	const Esp32Hal *esp = context;
	const gpio_num_t pin = (gpio_num_t)esp->pins.reset;
	if (esp->pins.reset < 0)
		return;
	if (held) {
		gpio_set_level(pin, esp->isResetHigh);
		gpio_set_direction(pin, GPIO_MODE_OUTPUT);
	} else {
		gpio_set_direction(pin, GPIO_MODE_INPUT);
		gpio_set_pull_mode(pin, esp->isResetHigh ? GPIO_PULLDOWN_ONLY : GPIO_PULLUP_ONLY);
	}
}

static bool level(int32_t pin) {
	return pin >= 0 && gpio_get_level((gpio_num_t)pin);
}

static bool busy(void *context) {
	return level(((Esp32Hal *)context)->pins.busy);
}

static bool dio(void *context, unsigned number) {
	const Esp32Hal *esp = context;
	return level(number ? esp->pins.dio1 : esp->pins.dio0);
}

static uint64_t edgeTime(void *context) {
	return (uint64_t)((Esp32Hal *)context)->edge;
}

static void delayMicroseconds(void *context, uint32_t microseconds) {
	(void)context;
	esp_rom_delay_us(microseconds);
}

static uint64_t nowMicroseconds(void *context) {
	(void)context;
	return (uint64_t)esp_timer_get_time();
}

static void wakeAt(void *context, uint64_t when) {
	Esp32Hal *esp = context;
	const uint64_t now = (uint64_t)esp_timer_get_time();
	esp_timer_stop(esp->timer); /* the error when it does not run is ignored */
	if (when == LORA_HAL_NEVER)
		return;
	if (when <= now)
		xTaskNotifyGive(esp->task);
	else
		esp_timer_start_once(esp->timer, when - now);
}

static void watchBusy(void *context, bool on) {
	Esp32Hal *esp = context;
	if (esp->pins.busy < 0)
		return;
	esp->isWatchingBusy = on;
	keepAwake(esp);
	if (on)
		gpio_intr_enable((gpio_num_t)esp->pins.busy);
	else
		gpio_intr_disable((gpio_num_t)esp->pins.busy);
}

static void antenna(void *context, LoraAntenna path) {
	Esp32Hal *esp = context;
	esp->isSending = path == LORA_ANTENNA_TX;
	keepAwake(esp);
	if (esp->pins.rxEnable >= 0)
		gpio_set_level((gpio_num_t)esp->pins.rxEnable, path == LORA_ANTENNA_RX);
	if (esp->pins.txEnable >= 0)
		gpio_set_level((gpio_num_t)esp->pins.txEnable, path == LORA_ANTENNA_TX);
}

static bool openBus(Esp32Hal *esp) {
	const LoraPins *pins = &esp->pins;
	const spi_bus_config_t bus = { .mosi_io_num = pins->dataOut,
		.miso_io_num = pins->dataIn,
		.sclk_io_num = pins->clock,
		.quadwp_io_num = -1,
		.quadhd_io_num = -1,
		.max_transfer_sz = largestTransfer };
	const spi_device_interface_config_t device = {
		.mode = 0, .clock_speed_hz = pins->frequency, .spics_io_num = pins->select, .queue_size = 1
	};
	const esp_err_t result = spi_bus_initialize((spi_host_device_t)pins->spi, &bus, SPI_DMA_CH_AUTO);
	/* Another part of the firmware may have initialized the bus: then it is shared, and not freed here. */
	if (result != ESP_OK && result != ESP_ERR_INVALID_STATE)
		return false;
	esp->hasBus = result == ESP_OK;
	return spi_bus_add_device((spi_host_device_t)pins->spi, &device, &esp->device) == ESP_OK;
}

static void removeHandlers(Esp32Hal *esp) {
	dioClose(&esp->dio[0]);
	dioClose(&esp->dio[1]);
	if (esp->pins.busy >= 0)
		gpio_isr_handler_remove((gpio_num_t)esp->pins.busy);
}

/* Nothing notifies the driver's task any more, and it ends. */
static void stop(Esp32Hal *esp) {
	removeHandlers(esp);
	if (esp->timer)
		esp_timer_stop(esp->timer);
	if (!esp->task)
		return;
	esp->isEnding = true;
	xTaskNotifyGive(esp->task);
	while (!esp->hasEnded)
		vTaskDelay(1);
}

static bool openAll(Esp32Hal *esp) {
	const esp_timer_create_args_t timer = {
		.callback = alarmDue, .arg = esp, .dispatch_method = ESP_TIMER_TASK, .name = "lora"
	};
	const LoraPins *pins = &esp->pins;
	/* The lines of each family, and the reset after every fault. */
	const bool isWired = pins->reset >= 0 && pins->dio1 >= 0 && (esp->isSx126x ? pins->busy : pins->dio0) >= 0;
	const esp_err_t service = gpio_install_isr_service(0);
	if (!isWired)
		return false;
	awakeLockCreate(&esp->awake, "lora");
	esp->mutex = xSemaphoreCreateMutex();
	if (!esp->mutex ||
		xTaskCreatePinnedToCore(driverTask, "lora", driverStack, esp, driverPriority, &esp->task, tskNO_AFFINITY) !=
			pdPASS)
		return false;
	if (service != ESP_OK && service != ESP_ERR_INVALID_STATE)
		return false;
	if (!esp->out || !esp->in || esp_timer_create(&timer, &esp->timer) != ESP_OK)
		return false;
	if (!radioLinesOpenOutput(pins->txEnable) || !radioLinesOpenOutput(pins->rxEnable))
		return false;
	if (!dioOpen(&esp->dio[0], pins->dio0, dioIsHigh, esp) || !dioOpen(&esp->dio[1], pins->dio1, dioIsHigh, esp) ||
		esp_sleep_enable_gpio_wakeup() != ESP_OK)
		return false;
	if (!radioLinesOpenInput(pins->busy, GPIO_INTR_NEGEDGE, busyFell, esp))
		return false;
	watchBusy(esp, false);
	if (!openBus(esp))
		return false;
	radioLinesKeep(pins);
	return true;
}

bool loraHalOpen(LoraHal *hal, const LoraBoard *board, const LoraPins *pins, void *machine, LoraHalWake wake,
	LoraHalDeliver deliverTo, void *owner) {
	Esp32Hal *esp = c_calloc(1, sizeof *esp);
	if (!esp)
		return false;
	esp->the = machine;
	esp->wake = wake;
	esp->deliver = deliverTo;
	esp->owner = owner;
	esp->pins = *pins;
	esp->dio[0] = esp->dio[1] = (DioLine){ .pin = LORA_NOT_CONNECTED };
	esp->isSx126x = board->chip <= LORA_SX1268;
	esp->isResetHigh = board->chip == LORA_SX1272;
	esp->out = heap_caps_malloc(largestTransfer, MALLOC_CAP_DMA);
	esp->in = heap_caps_malloc(largestTransfer, MALLOC_CAP_DMA);
	/* Before the task that uses it. */
	*hal = (LoraHal){ esp, spiTransfer, reset, busy, dio, edgeTime, delayMicroseconds, nowMicroseconds, wakeAt,
		watchBusy, antenna, lock, unlock, post };
	if (openAll(esp))
		return true;
	stop(esp);
	hal->context = NULL;
	destroy(esp);
	return false;
}

void loraHalClose(LoraHal *hal) {
	Esp32Hal *esp = hal->context;
	if (!esp)
		return;
	stop(esp);
	hal->context = NULL;
	antenna(esp, LORA_ANTENNA_OFF);
	esp->isClosed = true;
	if (!esp->isPosted)
		destroy(esp);
}
