package dev.vpccni.testing.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Reads PIT's {@code mutations.xml}, with the sources that it speaks of. */
final class PitReport {

    private final Path sources;
    private final Map<Path, List<String>> lines = new TreeMap<>();

    private PitReport(Path sources) {
        this.sources = sources;
    }

    /**
     * Returns what PIT found, in the order of files and lines.
     *
     * @param report the file that PIT wrote
     * @param sources the root of the sources
     * @throws IOException if either cannot be read, or the report is none
     */
    static List<Mutant> read(Path report, Path sources) throws IOException {
        var reader = new PitReport(sources);
        var mutants = new ArrayList<Mutant>();
        NodeList elements = document(report).getElementsByTagName("mutation");
        for (int i = 0; i < elements.getLength(); i++) {
            mutants.add(reader.mutant((Element) elements.item(i)));
        }
        mutants.sort(Mutant.IN_ORDER);
        return mutants;
    }

    private static Document document(Path report) throws IOException {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile());
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("not a report: " + report, e);
        }
    }

    private Mutant mutant(Element element) throws IOException {
        String type = text(element, "mutatedClass");
        String packageName = type.substring(0, type.lastIndexOf('.'));
        String file = text(element, "sourceFile");
        int line = Integer.parseInt(text(element, "lineNumber"));
        var change =
                new Mutant.Change(
                        type + "." + outer(text(element, "mutatedMethod")),
                        // What follows is the method once more.
                        text(element, "description").replaceFirst(" for \\S+::.*", ""),
                        source(Path.of(packageName.replace('.', '/'), file), line));
        return new Mutant(
                packageName,
                change,
                file,
                line,
                mutator(text(element, "mutator")),
                status(element.getAttribute("status")));
    }

    private String source(Path file, int line) throws IOException {
        List<String> text = lines.get(file);
        if (text == null) {
            text = Files.readAllLines(sources.resolve(file));
            lines.put(file, text);
        }
        return text.get(line - 1).strip();
    }

    /** Returns the method in the source that {@code method} of the class file was made from. */
    private static String outer(String method) {
        return method.startsWith("lambda$") ? method.split("\\$", 3)[1] : method;
    }

    private static String mutator(String type) {
        return type.substring(type.lastIndexOf('.') + 1).replace("Mutator", "");
    }

    private static Mutant.Status status(String text) {
        return switch (text) {
            case "KILLED", "TIMED_OUT", "MEMORY_ERROR" -> Mutant.Status.KILLED;
            case "SURVIVED", "NO_COVERAGE" -> Mutant.Status.SURVIVED;
            default -> Mutant.Status.UNKNOWN;
        };
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }
}
