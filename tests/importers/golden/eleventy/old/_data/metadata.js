export default {
  title: "Slow notes",
  url: "https://eleven.example/",
  author: { name: "Ada" },
};
