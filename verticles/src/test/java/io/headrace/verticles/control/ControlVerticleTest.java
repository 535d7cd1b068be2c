/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.SCOPE;
import static io.headrace.verticles.control.Messages.createScope;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.headrace.codecs.control.Controller;
import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.StreamConfig;
import io.vertx.grpc.common.GrpcErrorException;
import io.vertx.grpc.common.GrpcStatus;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The transport, and what all procedures have in common. What each answers is tested beside it. */
final class ControlVerticleTest {
    private static final List<MethodDescriptor> PROCEDURES =
            Controller.getDescriptor().findServiceByName("ControllerService").getMethods();

    /** Ends that a client can act upon; the others would be mistakes of ours. */
    private static final Set<GrpcStatus> SENSIBLE =
            EnumSet.of(GrpcStatus.OK, GrpcStatus.NOT_FOUND, GrpcStatus.INVALID_ARGUMENT);

    private static final List<String> NAMES =
            List.of("s", "a", "g", "", "_system", "_RGg", "a b", "é\n", "s/a", "x".repeat(300), "none");
    private static final long[] NUMBERS = {0, 1, -1, 2, 3, 10_000, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] FRACTIONS = {0, 0.5, 1, -1, 2, Double.NaN, Double.NEGATIVE_INFINITY};

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;

    private final TestController controller = withStream(2);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void everyProcedureAnswersAnEmptyRequest() {
        assertThat(PROCEDURES).hasSize(46);
        for (MethodDescriptor procedure : PROCEDURES) {
            callAndCheck(procedure, DynamicMessage.getDefaultInstance(procedure.getInputType()));
        }
    }

    @Test
    void everyProcedureAnswersNonsense() {
        Random random = new Random(20_261);
        for (int round = 0; round < 20; round++) {
            for (MethodDescriptor procedure : PROCEDURES) {
                callAndCheck(procedure, nonsense(DynamicMessage.newBuilder(procedure.getInputType()), random));
            }
        }
        assertThat(createScope(controller, SCOPE)).isNotEqualTo(CreateScopeStatus.Status.FAILURE);
    }

    @Test
    void unknownProceduresAreNotImplemented() {
        TestController.Answer<ScopeInfo> answer =
                controller.call("noSuchProcedure", ScopeInfo.getDefaultInstance(), ScopeInfo.getDefaultInstance());
        assertThat(answer.status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
    }

    @Test
    void unknownFieldsAreIgnored() {
        ScopeInfo fromTheFuture = ScopeInfo.newBuilder()
                .setScope("new")
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                77,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("x"))
                                        .build())
                        .build())
                .build();
        assertThat(createScope(controller, fromTheFuture)).isEqualTo(CreateScopeStatus.Status.SUCCESS);
    }

    @Test
    void aRequestThatIsNoMessageEndsOnlyItsCall() {
        // A field 1 that is a string of 255 bytes, of which there is one.
        StreamConfig broken = StreamConfig.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                1,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[] {10, -1, 1, 0}))
                                        .build())
                        .build())
                .build();
        assertThatThrownBy(() -> controller.call("createStream", broken, CreateScopeStatus.getDefaultInstance()))
                .hasRootCauseInstanceOf(GrpcErrorException.class)
                .hasMessageContaining("CANCELLED");
        assertStillServes();
    }

    @Test
    void aRequestThatIsTooLarge() {
        ScopeInfo large = ScopeInfo.newBuilder().setScope("x".repeat(5 << 20)).build();
        TestController.Answer<CreateScopeStatus> answer =
                controller.call("createScope", large, CreateScopeStatus.getDefaultInstance());
        assertThat(answer.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        assertStillServes();
    }

    @Test
    void anAuthorityMayBeAList() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(http2Request("127.0.0.1:1,127.0.0.1:" + controller.port));
            assertThat(firstFrameOfStream(socket, 1)).isEqualTo(HEADERS);
        }
        try (Socket socket = connect()) {
            socket.getOutputStream().write(http2Request("no authority, at all/"));
            assertThat(firstFrameOfStream(socket, 1)).isEqualTo(RST_STREAM);
        }
    }

    @Test
    void plainHttpIsToldWhereItIs() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 415 ").contains("gRPC port");
        }
    }

    @Test
    void garbageEndsOnlyItsConnection() throws IOException {
        byte[] zeros = new byte[100_000];
        byte[] random = new byte[100_000];
        new Random(7).nextBytes(random);
        byte[] broken = http2Request("a");
        broken[PREFACE.length() + 3] = (byte) 0xff;
        List<byte[]> garbage = List.of(
                "\r\n\r\nGARBAGE\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "GET /\0\0 HTTP/9.9\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                ("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII),
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense nonsense".getBytes(StandardCharsets.US_ASCII),
                zeros,
                random,
                broken);
        for (byte[] bytes : garbage) {
            try (Socket socket = connect()) {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
                out.flush();
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100_000);
            } catch (SocketException reset) {
                // As good as an end: the server had not read all.
                assertThat(reset).isNotNull();
            }
            assertStillServes();
        }
    }

    private void assertStillServes() {
        assertThat(createScope(controller, SCOPE)).isEqualTo(CreateScopeStatus.Status.SCOPE_EXISTS);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), controller.port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** A connection's first bytes, with an empty call of checkScopeExists as stream 1. */
    private static byte[] http2Request(String authority) {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        headers.write(0x83); // :method POST
        headers.write(0x86); // :scheme http
        header(headers, 4, "/io.pravega.controller.stream.api.grpc.v1.ControllerService/checkScopeExists");
        header(headers, 1, authority);
        header(headers, 31, "application/grpc");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
        frame(out, 4, 0, 0, new byte[0]);
        frame(out, HEADERS, 4, 1, headers.toByteArray());
        frame(out, 0, 1, 1, new byte[5]);
        return out.toByteArray();
    }

    /** A literal field, not indexed, whose name is an entry of the static table. */
    private static void header(ByteArrayOutputStream out, int name, String value) {
        if (name < 15) {
            out.write(name);
        } else {
            out.write(15);
            out.write(name - 15);
        }
        out.write(value.length());
        out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(new byte[] {
            0, (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream
        });
        out.writeBytes(payload);
    }

    /** Type of the first frame that the server sends on a stream. */
    private static int firstFrameOfStream(Socket socket, int stream) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int of = in.readInt();
            in.readFully(new byte[length]);
            if (of == stream) {
                return type;
            }
        }
    }

    private void callAndCheck(MethodDescriptor procedure, Message request) {
        TestController.Answer<? extends Message> answer = controller.call(
                procedure.getName(), request, DynamicMessage.getDefaultInstance(procedure.getOutputType()));
        assertThat(answer.status())
                .as("%s(%s): %s", procedure.getName(), request, answer.text())
                .isIn(SENSIBLE);
        if (answer.status() == GrpcStatus.OK) {
            assertThat(answer.message()).isNotNull();
        } else {
            assertThat(answer.text()).isNotBlank().doesNotContain("Exception", "java.", "io.headrace");
        }
    }

    private static Message nonsense(Message.Builder message, Random random) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            int count = field.isRepeated() ? random.nextInt(4) : random.nextInt(5) == 0 ? 0 : 1;
            for (int i = 0; i < count; i++) {
                if (field.isRepeated()) {
                    message.addRepeatedField(field, value(message, field, random));
                } else {
                    message.setField(field, value(message, field, random));
                }
            }
        }
        return message.build();
    }

    private static Object value(Message.Builder message, FieldDescriptor field, Random random) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case DOUBLE -> FRACTIONS[random.nextInt(FRACTIONS.length)];
            case STRING -> NAMES.get(random.nextInt(NAMES.size()));
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(5));
            case MESSAGE -> nonsense(message.newBuilderForField(field), random);
            default -> throw new AssertionError("no field is a " + field.getJavaType());
        };
    }
}
