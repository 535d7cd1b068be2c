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
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
    void anAuthorityMayBeAList() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(Http2.request("127.0.0.1:1,127.0.0.1:" + controller.port));
            assertThat(Http2.firstFrameOfStream(socket, 1)).isEqualTo(Http2.HEADERS);
        }
        try (Socket socket = connect()) {
            socket.getOutputStream().write(Http2.request("no authority, at all/"));
            assertThat(Http2.firstFrameOfStream(socket, 1)).isEqualTo(Http2.RST_STREAM);
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
