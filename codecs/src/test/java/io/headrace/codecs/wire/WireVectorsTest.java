/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendStream.Append;
import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is read and written is, byte for byte, what an original client and server exchange. */
class WireVectorsTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Where a vector names a field in another way than we do. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of("segmentName", "segment", "targetSegmentId", "target", "sourceSegmentIds", "sources");

    @TestFactory
    Stream<DynamicTest> readsAndWritesEachCommand() {
        return Vectors.commands()
                .map(vector -> DynamicTest.dynamicTest(vector.get("name").asText(), () -> {
                    String hex = vector.get("hex").asText();
                    WireCommand command = Vectors.decode(Vectors.hex(hex));

                    assertThat(fields(command)).isEqualTo(expected(vector.get("fields")));
                    if (!vector.path("decodeOnly").asBoolean()) {
                        assertThat(dump(WireEncoder.encode(command, ByteBufAllocator.DEFAULT)))
                                .isEqualTo(hex);
                        assertThat(WireEncoder.sizeOf(command)).isEqualTo(hex.length() / 2);
                        ByteBuf behind = Unpooled.buffer().writeByte(0);
                        WireEncoder.encode(command, behind);
                        assertThat(dump(behind)).isEqualTo("00" + hex);
                        assertThat(dump(WireEncoder.encodeSharing(command, ByteBufAllocator.DEFAULT)))
                                .isEqualTo(hex);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> putsTogetherWhatClientsAppend() {
        return Vectors.sequences()
                .map(vector -> DynamicTest.dynamicTest(vector.get("name").asText(), () -> {
                    AppendStream stream = new AppendStream();
                    ArrayNode appends = JSON.arrayNode();
                    for (ByteBuf frame :
                            Vectors.split(Vectors.hex(vector.get("hex").asText()))) {
                        if (Vectors.decode(frame) instanceof AppendCommand command) {
                            Append append = stream.accept(command);
                            if (append != null) {
                                appends.add(append(append));
                            }
                        }
                    }
                    assertThat(appends).isEqualTo(vector.get("fields").get("decodedAppends"));
                }));
    }

    /** So that no command is without a vector. */
    @Test
    void coversEveryCommand() {
        int codes = (int) IntStream.rangeClosed(-128, 127)
                .filter(WireVectorsTest::isKnown)
                .count();
        assertThat(Vectors.commands().map(v -> v.get("type").asInt()).collect(Collectors.toSet()))
                .hasSize(codes)
                .allMatch(WireVectorsTest::isKnown);
    }

    private static boolean isKnown(int code) {
        try {
            return Codecs.byCode(code).code() == code;
        } catch (WireFormatException e) {
            return false;
        }
    }

    private static String dump(ByteBuf bytes) {
        String hex = ByteBufUtil.hexDump(bytes);
        bytes.release();
        return hex;
    }

    private static JsonNode expected(JsonNode fields) {
        ObjectNode renamed = JSON.objectNode();
        fields.properties().forEach(e -> renamed.set(OTHER_NAMES.getOrDefault(e.getKey(), e.getKey()), e.getValue()));
        return renamed;
    }

    /** A command, or a record inside of one, as the vectors write it. */
    private static ObjectNode fields(Object object) {
        ObjectNode node = JSON.objectNode();
        for (RecordComponent component : object.getClass().getRecordComponents()) {
            Object value = value(object, component);
            if (value instanceof IteratorArgs args) {
                node.set("continuationToken", json(args.continuationToken()));
                node.set("prefixFilter(always empty)", JSON.textNode(""));
                node.set("fromKey", json(args.fromKey()));
                node.set("toKey", json(args.toKey()));
            } else if (object instanceof ConditionalAppend append
                    && component.getName().equals("event")) {
                node.set("event", json(append.event().slice().skipBytes(EventFrames.HEADER_BYTES)));
            } else {
                node.set(component.getName(), json(value));
            }
        }
        return node;
    }

    private static ObjectNode append(Append append) {
        ObjectNode node = fields(append);
        JsonNode offset = node.remove("expectedOffset");
        boolean unconditional = append.expectedOffset() == AppendStream.UNCONDITIONAL;
        node.set("expectedLength", unconditional ? JSON.nullNode() : offset);
        return node;
    }

    private static JsonNode json(Object value) {
        if (value instanceof ByteBuf bytes) {
            return JSON.textNode(ByteBufUtil.hexDump(bytes));
        }
        if (value instanceof List<?> list) {
            ArrayNode array = JSON.arrayNode();
            list.forEach(element -> array.add(json(element)));
            return array;
        }
        if (value instanceof Record nested) {
            return fields(nested);
        }
        if (value instanceof Integer number) {
            return JSON.numberNode(number);
        }
        return value instanceof Boolean flag ? JSON.booleanNode(flag) : JSON.textNode(value.toString());
    }

    private static Object value(Object object, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
