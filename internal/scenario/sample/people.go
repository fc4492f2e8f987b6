package sample

type region struct {
	given, family []string
	between       string
	familyFirst   bool
}

// people are common names with accents, apostrophes and scripts that break careless programs.
var people = []region{
	{between: " ", given: []string{"Zoë", "Chloé", "François", "Hélène", "Noël", "Agnès"}, family: []string{"Lefèvre", "D'Aubigné", "Dubois", "Gauthier", "L'Hôte", "Béranger"}},
	{between: " ", given: []string{"Jürgen", "Käthe", "Björn", "Sören", "Annegret", "Götz"}, family: []string{"Müller", "Weiß", "Schröder", "Groß", "Jäger-Lindner", "von der Höh"}},
	{between: " ", given: []string{"José", "María", "Íñigo", "Begoña", "Raúl", "Nuria"}, family: []string{"Muñoz", "Ibáñez", "García Márquez", "Peña", "Núñez", "de la Cruz"}},
	{between: " ", given: []string{"Łukasz", "Małgorzata", "Zdzisław", "Agnieszka", "Jiří", "Žofie"}, family: []string{"Wójcik", "Kamiński", "Dąbrowska", "Nováková", "Dvořák", "Šimek"}},
	{between: " ", given: []string{"Siobhán", "Seán", "Aoife", "Liam", "Gráinne", "Owen"}, family: []string{"O'Brien", "O'Sullivan", "Ní Dhomhnaill", "McCarthy", "Fitzgerald", "Mac an tSaoi"}},
	{between: " ", given: []string{"Ольга", "Дмитрий", "Наталія", "Сергей", "Оксана", "Фёдор"}, family: []string{"Шевченко", "Кузнецов", "Соловьёв", "Мельник", "Щербаков", "Ткаченко"}},
	{between: " ", given: []string{"Αλέξανδρος", "Ελένη", "Γιώργος", "Μαρία", "Σπύρος", "Ιωάννα"}, family: []string{"Παπαδόπουλος", "Γεωργίου", "Νικολάου", "Δημητρίου", "Αγγέλου", "Κωνσταντίνου"}},
	{between: " ", familyFirst: true, given: []string{"Thị Hương", "Văn Đức", "Minh Châu", "Quốc Bảo", "Thuỳ Dương", "Hữu Phước"}, family: []string{"Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đặng"}},
	{familyFirst: true, given: []string{"太郎", "花子", "翔太", "さくら", "健一", "美咲"}, family: []string{"山田", "佐藤", "鈴木", "髙橋", "渡邉", "伊藤"}},
	{familyFirst: true, given: []string{"伟", "秀英", "小龙", "静", "建国", "雨桐"}, family: []string{"李", "王", "张", "欧阳", "刘", "陈"}},
	{familyFirst: true, given: []string{"민준", "서연", "지우", "하은", "도윤", "수빈"}, family: []string{"김", "이", "박", "최", "정", "강"}},
	{between: " ", given: []string{"محمد", "فاطمة", "يوسف", "ليلى", "عمر", "نور"}, family: []string{"الحسن", "خوري", "منصور", "حداد", "السيد", "بن سعيد"}},
	{between: " ", given: []string{"अनन्या", "अर्जुन", "प्रिया", "रोहन", "दीपिका", "विक्रम"}, family: []string{"शर्मा", "पटेल", "सिंह", "गुप्ता", "राव", "मेहता"}},
	{between: " ", given: []string{"Chidi", "Adaeze", "Babajide", "Ọlá", "Wanjirũ", "Thabo"}, family: []string{"Okonkwo", "Adébáyò", "Eze", "Mwangi", "Nkosi", "Diallo"}},
	{between: " ", given: []string{"Emma", "James", "Grace", "Noah", "Ruth", "Henry"}, family: []string{"Smith", "Walker", "Null", "Test", "Young", "De'Ath"}},
	{between: " ", given: []string{"Ayşe", "İbrahim", "Çağla", "Oğuz", "Şule", "Ümit"}, family: []string{"Yılmaz", "Öztürk", "Çelik", "Şahin", "Doğan", "Güneş"}},
}

var cities = []string{
	"São Paulo", "Zürich", "Kraków", "Reykjavík", "Đà Nẵng", "İzmir", "Malmö", "Besançon", "Córdoba", "Łódź",
	"København", "Brașov", "Köln", "Montréal", "Bogotá", "Tromsø", "Győr", "Nürnberg", "L'Aquila", "Cork",
}
