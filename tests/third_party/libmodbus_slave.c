/* A Modbus slave made of libmodbus alone: RTU on a tty, or TCP. Its frames and checksums are not
 * ours, so that a mistake of our agent is not cancelled by the same one in our simulators.
 *
 *     libmodbus_slave UNIT rtu PATH BAUD PARITY STOP_BITS
 *     libmodbus_slave UNIT tcp
 *
 * Standard input: `TABLE ADDRESS VALUE ...` sets values one after the other; TABLE is one of coils,
 * discrete_inputs, holding_registers, input_registers. What was never set is refused with exception
 * 2, as by a device that does not have it. It ends with its input.
 * Standard output: `slave: ready` (TCP: with its port), `slave: set`, `slave: wrote ADDRESS VALUE`,
 * and between them every frame. Standard error: libmodbus' `ERROR ...` lines.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

enum { SPACE = 65536, LINE = 4096, NOBODY = -1, LAST_STANDARD_UNIT = 247 };

static const char *const NAMES[] = {"coils", "discrete_inputs", "holding_registers",
                                    "input_registers"};
enum { COILS, DISCRETE, HOLDING, INPUTS, TABLES };

static modbus_t *ctx;
static modbus_mapping_t *map;
static unsigned char known[TABLES][SPACE];
static int unit;

static void die(const char *what) {
    fprintf(stderr, "libmodbus_slave: %s: %s\n", what, modbus_strerror(errno));
    exit(1);
}

/* libmodbus before 3.1.8 takes no unit above 247 on a serial line, though its frames carry any. The
 * unit is the first field of its context there; that is checked before it is relied upon. */
static void be_unit(void) {
    if (modbus_set_slave(ctx, unit) == 0) return;
#if LIBMODBUS_VERSION_CHECK(3, 1, 8)
    modbus_enable_quirks(ctx, MODBUS_QUIRK_MAX_SLAVE);
    if (modbus_set_slave(ctx, unit) == 0) return;
#else
    int first = 0;
    modbus_set_slave(ctx, LAST_STANDARD_UNIT);
    memcpy(&first, ctx, sizeof first);
    if (first == LAST_STANDARD_UNIT) memcpy(ctx, &unit, sizeof unit);
    if (modbus_get_slave(ctx) == unit) return;
#endif
    die("unit");
}

static void set_one(int table, int address, int value) {
    known[table][address] = 1;
    switch (table) {
    case COILS: map->tab_bits[address] = value != 0; break;
    case DISCRETE: map->tab_input_bits[address] = value != 0; break;
    case HOLDING: map->tab_registers[address] = (uint16_t)value; break;
    default: map->tab_input_registers[address] = (uint16_t)value; break;
    }
}

static void set_line(char *line) {
    const char *name = strtok(line, " \n"), *word = strtok(NULL, " \n");
    int table = 0;
    while (table < TABLES && (name == NULL || strcmp(name, NAMES[table]) != 0)) table++;
    if (table == TABLES || word == NULL) die("not understood on standard input");
    int address = (int)strtol(word, NULL, 0);
    while ((word = strtok(NULL, " \n")) != NULL && address < SPACE)
        set_one(table, address++, (int)strtol(word, NULL, 0));
    printf("slave: set\n");
}

static int table_of(int function) {
    switch (function) {
    case 1: case 5: case 15: return COILS;
    case 2: return DISCRETE;
    case 4: return INPUTS;
    default: return HOLDING;
    }
}

static int is_known(const uint8_t *pdu) {
    int function = pdu[0], address = pdu[1] << 8 | pdu[2];
    int count = function == 5 || function == 6 ? 1 : pdu[3] << 8 | pdu[4];
    if (address + count > SPACE) return 0;
    for (int n = 0; n < count; n++)
        if (!known[table_of(function)][address + n]) return 0;
    return 1;
}

static void answer(const uint8_t *query, int length) {
    const uint8_t *pdu = query + modbus_get_header_length(ctx);
    if (pdu[-1] != unit) return; /* over TCP libmodbus listens to any */
    if (!is_known(pdu)) {
        modbus_reply_exception(ctx, query, MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS);
        return;
    }
    modbus_reply(ctx, query, length, map);
    if (pdu[0] == 6)
        printf("slave: wrote %d %d\n", pdu[1] << 8 | pdu[2], pdu[3] << 8 | pdu[4]);
}

/* Returns whether the other side is still there. */
static int hear(void) {
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    int length = modbus_receive(ctx, query);
    if (length > 0) answer(query, length);
    return length >= 0;
}

static int open_rtu(char **given) {
    ctx = modbus_new_rtu(given[0], atoi(given[1]), given[2][0], 8, atoi(given[3]));
    if (ctx == NULL) die("rtu");
    modbus_set_debug(ctx, TRUE);
    be_unit();
    if (modbus_connect(ctx) != 0) die(given[0]);
    printf("slave: ready\n");
    return modbus_get_socket(ctx);
}

static int open_tcp(void) {
    ctx = modbus_new_tcp("127.0.0.1", 0);
    if (ctx == NULL) die("tcp");
    modbus_set_debug(ctx, TRUE);
    int listener = modbus_tcp_listen(ctx, 1);
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&at, &size) != 0) die("listen");
    printf("slave: ready %d\n", ntohs(at.sin_port));
    return listener;
}

int main(int argc, char **argv) {
    if (argc != 7 && argc != 3) return fprintf(stderr, "see the head of its source\n"), 2;
    setvbuf(stdin, NULL, _IONBF, 0); /* select knows nothing of what stdio has read ahead */
    setvbuf(stdout, NULL, _IOLBF, 0);
    unit = atoi(argv[1]);
    map = modbus_mapping_new(SPACE, SPACE, SPACE, SPACE);
    if (map == NULL) die("mapping");
    int is_tcp = argc == 3, listener = is_tcp ? open_tcp() : NOBODY;
    int peer = is_tcp ? NOBODY : open_rtu(argv + 3);
    char line[LINE];
    for (;;) {
        int port = peer != NOBODY ? peer : listener;
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET(STDIN_FILENO, &ready);
        FD_SET(port, &ready);
        if (select(port + 1, &ready, NULL, NULL, NULL) < 0) die("select");
        if (FD_ISSET(STDIN_FILENO, &ready)) {
            if (fgets(line, sizeof line, stdin) == NULL) return 0;
            set_line(line);
        }
        if (!FD_ISSET(port, &ready)) continue;
        if (peer == NOBODY)
            peer = modbus_tcp_accept(ctx, &listener);
        else if (!hear() && is_tcp) {
            modbus_close(ctx);
            peer = NOBODY;
        }
    }
}
